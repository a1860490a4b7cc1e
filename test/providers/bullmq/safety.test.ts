import { describe, expect, it, onTestFinished } from 'vitest'
import { refuseOld } from '../../../src/runtime/providers/bullmq/safety-check.ts'
import { type RedisOptions, startRedisServer } from '../../support/redis-server.ts'
import { listeningLogger, openProvider } from './fixture.ts'

async function warningsOn(options: RedisOptions, role?: 'producer'): Promise<string[]> {
  const server = await startRedisServer(options)
  onTestFinished(() => server.destroy())
  const logger = listeningLogger()
  await openProvider({ prefix: '{x}', url: server.url, logger, ...(role && { role }) })
  return logger.lines.map((line) => line.replace(server.url.slice('redis://'.length), 'here'))
}

describe('the safety check', () => {
  it('says nothing of a server that keeps what it has accepted', async () => {
    expect(await warningsOn({ appendOnly: true })).toEqual([])
    expect(await warningsOn({ settings: { save: '3600 1' } })).toEqual([])
  })

  it('warns of one that may delete jobs, and of one that keeps nothing', async () => {
    expect(await warningsOn({ settings: { 'maxmemory-policy': 'allkeys-lru' } })).toEqual([
      'warn Redis at here may delete jobs when its memory is full: maxmemory-policy is allkeys-lru ' +
        '{"hint":"Set maxmemory-policy to noeviction."}',
      'warn Redis at here keeps nothing on disk: jobs do not survive its restart ' +
        '{"hint":"Set appendonly to yes."}',
    ])
  })

  it('guesses nothing where it may not ask', async () => {
    const settings = { 'rename-command': 'CONFIG ""', 'maxmemory-policy': 'volatile-lru' }
    expect(await warningsOn({ settings })).toEqual([
      expect.stringContaining('may delete jobs when its memory is full'),
    ])
  })

  it('is the worker’s: a producer opens without', async () => {
    expect(await warningsOn({}, 'producer')).toEqual([])
  })

  it('refuses a server that is too old, and takes every other', () => {
    const refuse = (version: string) => () => refuseOld(new Map([['redis_version', version]]), 'x')
    for (const old of ['2.8.24', '5.0.14', '6.0.16', '6.1.240']) {
      expect(refuse(old)).toThrow(expect.objectContaining({ code: 'PKQ608' }))
    }
    for (const good of ['6.2.0', '6.2.14', '7.0.15', '7.2.4', '8.10.0', '10.0.0']) {
      expect(refuse(good)).not.toThrow()
    }
    expect(() => refuseOld(new Map(), 'x')).not.toThrow()
  })
})

import { describe, expect, it } from 'vitest'
import { createUserProject } from '../support/user-project.ts'

const wiring = `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'greet', func: pikkuSessionlessFunc<{ name: string }, void>(async () => {}) })
`
const minutes = 60_000

describe('an address that is none', () => {
  const credentials = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' }
  const queues = 'https://sqs.eu-west-1.amazonaws.com/123456789012/'
  const producer = `
    import { createQueueClient } from './.pikku/pikku-queue.gen.ts'
    const error = await createQueueClient().catch((error) => error)
    console.error('error ' + error.code + ': ' + error.message + '\\n  ' + error.hint)
    process.exitCode = 1
  `

  it.each([
    [
      { REDIS_URL: 'localhost' },
      'REDIS_URL does not start with redis:// or rediss://',
      'Write it as redis://localhost:6379, or redis://user:password@host:6379/0 (rediss:// with TLS).',
    ],
    [
      { DATABASE_URL: 'app:s3cret-word@localhost' },
      'DATABASE_URL does not start with postgres:// or postgresql://',
      'Write it as postgres://user:password@host:5432/database.',
    ],
    [
      { SQS_ENDPOINT: 'foo', SQS_QUEUE_URL_PREFIX: queues, ...credentials },
      'SQS_ENDPOINT does not start with https:// or http://',
      'Write it as http://localhost:4566. Or leave it out, to use AWS.',
    ],
  ])(
    'its variable, what is wrong with it, and a right one: %j',
    async (env, message, hint) => {
      const project = await createUserProject({
        files: { 'src/greet.ts': wiring, 'producer.mjs': producer },
      })
      const printed = { code: 1, stdout: '', stderr: `error PKQ605: ${message}\n  ${hint}\n` }
      for (const args of [['worker'], ['queues', 'list'], ['dashboard', '--port', '0']]) {
        expect(await project.pikku(args, env).ended, args.join(' ')).toEqual(printed)
      }
      expect(await project.node(['producer.mjs'], env).ended).toEqual(printed)
      const { code, stdout, stderr } = await project.pikku(['doctor'], env).ended
      expect(code).toBe(1)
      expect(stdout).toContain(`error    PKQ605: ${message}\n         ${hint}\n`)
      expect(stdout + stderr).not.toContain('s3cret-word')
    },
    minutes,
  )
})

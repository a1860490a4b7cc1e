import { expect, it } from 'vitest'
import { uniquePrefix, withRedis } from '../../support/redis.ts'
import { done, job, listeningLogger, openProvider, until, work } from './fixture.ts'

it.each([
  ['opts', 'no JSON', 'first'],
  ['opts', 'null', 'second'],
  ['progress', '{', 'second'],
  ['parent', 'undefined', 'third'],
])('a job whose %s are %s runs all the same, being the %s', async (field, text, place) => {
  const prefix = uniquePrefix()
  const logger = listeningLogger()
  const provider = await openProvider({ prefix, logger })
  const places = ['first', 'second', 'third']
  await provider.send(
    'jobs',
    places.map((data) => job({ id: data, data })),
  )
  await withRedis((redis) => redis.hset(`${prefix}:jobs:${place}`, field, text))
  // Nothing is waited for that a lapsed lock would bring.
  const { jobs } = work(provider, () => done, { concurrency: 1, lockDurationMs: 60_000 })
  await until(async () => (await provider.counts('jobs')).completed === 3, 'all to be completed')
  expect(jobs.map(({ data }) => data).toSorted()).toEqual(places)
  expect(jobs.every(({ attempt }) => attempt === 1)).toBe(true)
  expect(logger.lines.join('\n')).toContain(`"fields":"${field}"`)
})

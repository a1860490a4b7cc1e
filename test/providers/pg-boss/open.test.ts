import { describe, expect, it } from 'vitest'
import { query, uniqueSchema } from '../../support/postgres.ts'
import { declaration, done, openProvider, sendOne, untilStatus, work } from './fixture.ts'

interface Row {
  name: string
  retry_limit: number
  heartbeat_seconds: number
  dead_letter: string | null
  retention_seconds: number
  deletion_seconds: number
  notify: boolean
}

const queuesOf = (schema: string) => query<Row>(`SELECT * FROM ${schema}.queue ORDER BY name`)

describe('open', () => {
  it('creates queues and their dead letter queues, and deletes nothing that waits', async () => {
    const schema = uniqueSchema()
    await openProvider({
      schema,
      queues: [
        declaration('a', { deadLetterQueue: 'z', attempts: 5 }),
        declaration('z', { attempts: 1, visibilityTimeoutSeconds: 60 }),
        declaration('b', { deadLetterQueue: 'undeclared' }),
      ],
    })
    const rows = await queuesOf(schema)
    expect(
      rows.map(({ name, retry_limit, dead_letter, heartbeat_seconds }) => [
        name,
        retry_limit,
        dead_letter,
        heartbeat_seconds,
      ]),
    ).toEqual([
      ['a', 4, 'z', 10],
      ['b', 2, 'undeclared', 10],
      ['undeclared', 2, null, 30],
      ['z', 0, null, 60],
    ])
    expect(rows.every((row) => row.retention_seconds === 2_147_483_647)).toBe(true)
    expect(rows.every((row) => row.deletion_seconds === 0 && row.notify)).toBe(true)
  })

  it('rounds a visibility timeout up to whole seconds', async () => {
    const schema = uniqueSchema()
    const queues = [declaration('jobs', { visibilityTimeoutSeconds: 12.5 })]
    const provider = await openProvider({ schema, queues })
    expect((await queuesOf(schema))[0]).toMatchObject({ heartbeat_seconds: 13 })
    work(provider, () => done, { visibilityTimeoutSeconds: 12.5, prefetch: 1, concurrency: 1 })
    for (const id of [await sendOne(provider), await sendOne(provider)]) {
      await untilStatus(provider, id, 'completed')
    }
  })

  it('brings an existing queue up to date as a worker, and leaves it alone as a producer', async () => {
    const schema = uniqueSchema()
    const first = await openProvider({
      schema,
      queues: [declaration('a', { deadLetterQueue: 'dead' })],
    })
    await first.close(1_000)
    const changed = declaration('a', { attempts: 9, visibilityTimeoutSeconds: 77 })
    const producer = await openProvider({ schema, role: 'producer', queues: [changed] })
    await producer.close(1_000)
    expect((await queuesOf(schema))[0]).toMatchObject({ retry_limit: 2, dead_letter: 'dead' })
    await openProvider({ schema, queues: [changed] })
    expect((await queuesOf(schema))[0]).toMatchObject({
      retry_limit: 8,
      dead_letter: null,
      heartbeat_seconds: 77,
    })
  })

  it('works when six processes start on an empty database at once', async () => {
    const schema = uniqueSchema()
    const queues = [declaration('a', { deadLetterQueue: 'dead' }), declaration('b')]
    const providers = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        openProvider({ schema, queues, role: n % 2 ? 'producer' : 'worker' }),
      ),
    )
    const [one, two] = providers
    if (!one || !two) throw new Error('nothing was opened')
    const id = await sendOne(two, {}, 'a')
    work(one, () => done, {}, 'a')
    await untilStatus(two, id, 'completed', 'a')
  })

  it('declares 1,000 queues in seconds, again and again', async () => {
    const schema = uniqueSchema()
    const queues = Array.from({ length: 1_000 }, (_, n) =>
      declaration(`q${n}`, { deadLetterQueue: `q${n}.dead` }),
    )
    for (let round = 1; round <= 2; round += 1) {
      const startedAt = performance.now()
      await openProvider({ schema, queues })
      expect(performance.now() - startedAt).toBeLessThan(5_000)
    }
    expect(await queuesOf(schema)).toHaveLength(2_000)
  })

  it('refuses a queue whose policy would hold jobs back', async () => {
    const schema = uniqueSchema()
    const first = await openProvider({ schema })
    await first.close(1_000)
    await query(`SELECT ${schema}.create_queue('single', '{"policy": "singleton"}')`)
    await expect(openProvider({ schema, queues: [declaration('single')] })).rejects.toMatchObject({
      code: 'PKQ608',
      message:
        'queue "single" exists in pg-boss with the policy "singleton", which holds jobs back',
    })
  })
})

import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { databaseUrl, query, uniqueSchema } from '../../support/postgres.ts'
import { connect, openShop, type Shop } from './shop.ts'
import { done, until, untilStatus, work } from './fixture.ts'

/** What others see of the queue: the payloads in the order in which they will run. */
const stored = async ({ schema }: Shop): Promise<unknown[]> => {
  const rows = await query<{ data: { payload: unknown } | number }>(
    `SELECT data FROM ${schema}.job WHERE name = 'numbers' ORDER BY created_on`,
  )
  return rows.map(({ data }) => data)
}

describe('adding in a transaction', () => {
  it('stores the job with the commit, which wakes the worker', async () => {
    const shop = await openShop(uniqueSchema())
    const { jobs } = work(shop.worker, () => done, { pollIntervalMs: 3_600_000 }, 'numbers')
    const tx = await connect()
    await tx.query('BEGIN')
    const id = await shop.client.add('numbers', 1, { tx })
    expect(await shop.client.getJob('numbers', id)).toBeNull()
    await tx.query('COMMIT')
    await untilStatus(shop.worker, id, 'completed', 'numbers')
    expect(jobs.map(({ data }) => data)).toEqual([1])
  })

  it('leaves nothing behind when it is rolled back', async () => {
    const shop = await openShop(uniqueSchema())
    const tx = await connect()
    await tx.query('BEGIN')
    const id = await shop.client.add('numbers', 1, { tx, jobId: 'once' })
    await shop.client.queues.numbers.addBulk([{ data: 2, options: { tx } }])
    await tx.query('ROLLBACK')
    expect(await stored(shop)).toEqual([])
    expect(await shop.client.add('numbers', 3, { jobId: 'once' })).toBe(id)
    expect(await stored(shop)).toEqual([3])
  })

  it('keeps the order of adds that were awaited, inside and outside', async () => {
    const shop = await openShop(uniqueSchema())
    const { client } = shop
    const tx = await connect()
    await tx.query('BEGIN')
    await client.add('numbers', 1)
    await client.add('numbers', 2, { tx })
    await client.add('numbers', 3)
    await client.addBulk('numbers', [
      { data: 4, options: { tx } },
      { data: 5, options: { tx } },
    ])
    await client.add('numbers', 6, { tx })
    await client.add('numbers', 7)
    await tx.query('COMMIT')
    expect(await stored(shop)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('counts a delay from the add, however old the transaction is', async () => {
    const shop = await openShop(uniqueSchema())
    const tx = await connect()
    await tx.query('BEGIN')
    await tx.query('SELECT pg_sleep(0.5)')
    const id = await shop.client.add('numbers', 1, { tx, delay: 60_000 })
    const { rows } = await tx.query<{ begun: Date }>('SELECT now() AS begun')
    await tx.query('COMMIT')
    const job = await shop.client.getJob('numbers', id)
    expect(job?.status).toBe('delayed')
    const waits = Number(job?.delayedUntil) - Number(rows[0]?.begun)
    expect(waits).toBeGreaterThanOrEqual(60_400)
  })

  it('takes an id that is there already for the same job, and the transaction goes on', async () => {
    const shop = await openShop(uniqueSchema())
    const { client } = shop
    await client.add('numbers', 1, { jobId: 'before' })
    const tx = await connect()
    await tx.query('BEGIN')
    const ids = [
      await client.add('numbers', 2, { tx, jobId: 'before' }),
      await client.add('numbers', 3, { tx, jobId: 'within' }),
      await client.add('numbers', 4, { tx, jobId: 'within' }),
      ...(await client.addBulk('numbers', [
        { data: 5, options: { tx, jobId: 'bulk' } },
        { data: 6, options: { tx, jobId: 'bulk' } },
      ])),
    ]
    await tx.query('COMMIT')
    expect(ids).toEqual(['before', 'within', 'within', 'bulk', 'bulk'])
    expect(await stored(shop)).toEqual([1, 3, 5])
  })

  it('answers a bulk in its order, whichever of its jobs are in a transaction', async () => {
    const shop = await openShop(uniqueSchema())
    const tx = await connect()
    await tx.query('BEGIN')
    const ids = await shop.client.addBulk('numbers', [
      { data: 1, options: { jobId: 'a', tx } },
      { data: 2, options: { jobId: 'b' } },
      { data: 3, options: { jobId: 'c', tx } },
    ])
    await tx.query('ROLLBACK')
    expect(ids).toEqual(['a', 'b', 'c'])
    expect(await stored(shop)).toEqual([2])
  })

  it('sends one statement at a time, whatever the queues', async () => {
    const { client } = await openShop(uniqueSchema())
    const connection = await connect()
    await connection.query('BEGIN')
    let [running, most, statements] = [0, 0, 0]
    const tx = {
      async query(text: string, values: unknown[]) {
        most = Math.max(most, (running += 1))
        statements += 1
        const answer = await connection.query(text, values)
        running -= 1
        return answer
      },
    }
    await Promise.all([
      client.add('numbers', 1, { tx }),
      client.add('words', 'a', { tx }),
      client.add('numbers', 2, { tx }),
      client.queues.words.add('b', { tx }),
    ])
    await connection.query('COMMIT')
    expect(most).toBe(1)
    expect(statements).toBe(2)
    expect(await client.counts('numbers')).toMatchObject({ waiting: 2 })
    expect(await client.counts('words')).toMatchObject({ waiting: 2 })
  })

  it('waits for what is under way when the client closes', async () => {
    const shop = await openShop(uniqueSchema())
    const tx = await connect()
    await tx.query('BEGIN')
    const added = shop.client.add('numbers', 1, { tx })
    await shop.client.close()
    await added
    await tx.query('COMMIT')
    expect(await stored(shop)).toEqual([1])
  })
})

describe('what a transaction refuses', () => {
  it('is refused before a statement is sent, where that can be known: the transaction goes on', async () => {
    const shop = await openShop(uniqueSchema())
    const { client } = shop
    const tx = await connect()
    await tx.query('BEGIN')
    const added = await Promise.allSettled([
      client.add('numbers', 1, { tx }),
      client.add('numbers', 2, { tx, jobId: 'no \u0000' }),
      client.add('numbers', 3, { tx, jobId: 'half \ud83d' }),
      // @ts-expect-error it is no number
      client.add('numbers', 'four', { tx }),
      client.add('numbers', 5, { tx }),
    ])
    await tx.query('COMMIT')
    expect(added).toMatchObject([
      { status: 'fulfilled' },
      { reason: { code: 'PKQ406' } },
      { reason: { code: 'PKQ406' } },
      { reason: { code: 'PKQ401' } },
      { status: 'fulfilled' },
    ])
    expect(await stored(shop)).toEqual([1, 5])
  })

  it('is said, when the transaction has failed already', async () => {
    const shop = await openShop(uniqueSchema())
    const tx = await connect()
    await tx.query('BEGIN')
    await expect(tx.query('SELECT 1 / 0')).rejects.toThrow('division by zero')
    await expect(shop.client.add('numbers', 1, { tx })).rejects.toMatchObject({
      code: 'PKQ608',
      message: expect.stringContaining('current transaction is aborted') as string,
      hint: 'It can only be rolled back now.',
    })
    await tx.query('ROLLBACK')
    await shop.client.add('numbers', 2)
    expect(await stored(shop)).toEqual([2])
  })

  it('is said, when it is one of another database', async () => {
    const shop = await openShop(uniqueSchema())
    const tx = await connect(await createDatabase())
    await tx.query('BEGIN')
    const { pathname } = new URL(databaseUrl())
    await expect(shop.client.add('numbers', 1, { tx })).rejects.toMatchObject({
      code: 'PKQ608',
      hint: expect.stringMatching(
        new RegExp(`^It has to be one of the database of the queues, .*${pathname}, schema "`),
      ) as string,
    })
    await tx.end()
  })

  it('is a queue that was deleted: the transaction goes on', async () => {
    const shop = await openShop(uniqueSchema())
    await shop.client.counts('numbers')
    await query(`SELECT ${shop.schema}.delete_queue('numbers')`)
    const tx = await connect()
    await tx.query('BEGIN')
    await expect(shop.client.add('numbers', 1, { tx })).rejects.toMatchObject({ code: 'PKQ402' })
    await shop.client.add('words', 'a', { tx })
    await tx.query('COMMIT')
    expect(await shop.client.counts('words')).toMatchObject({ waiting: 1 })
  })

  it('is whatever is none, before anything is sent', async () => {
    const shop = await openShop(uniqueSchema())
    const pool = new pg.Pool({ connectionString: databaseUrl() })
    onTestFinished(() => pool.end())
    for (const none of [pool, {}, 'BEGIN', null, { commit: () => undefined }]) {
      await expect(
        // @ts-expect-error the compiler says so too
        shop.client.add('numbers', 1, { tx: none }),
      ).rejects.toMatchObject({
        code: 'PKQ406',
        message:
          'adding to queue "numbers": tx must be a transaction of Drizzle, Knex, Kysely or Prisma, or a client of pg (not a pool)',
      })
    }
    expect(pool.totalCount).toBe(0)
  })
})

it('Prisma: what the server said is found in what it makes of it', async () => {
  const shop = await openShop(uniqueSchema())
  const connection = await connect(await createDatabase())
  await connection.query('BEGIN')
  const tx = {
    // As of @prisma/client 7.10.
    $queryRawUnsafe: (text: string, ...values: unknown[]) =>
      connection.query(text, values).catch((error: unknown) => {
        if (!(error instanceof pg.DatabaseError)) throw error
        const answer = `Code: \`${error.code}\`. Message: \`${error.message}\``
        const call = '\nInvalid `prisma.$queryRawUnsafe()` invocation:\n\n\n'
        throw Object.assign(new Error(`${call}Raw query failed. ${answer}`), { code: 'P2010' })
      }),
  }
  await expect(shop.client.add('numbers', 1, { tx })).rejects.toMatchObject({
    code: 'PKQ608',
    message: expect.stringMatching(
      /^the transaction could not store the job: relation ".*job" does not exist$/,
    ) as string,
    hint: expect.stringContaining('of the database of the queues') as string,
  })
  await connection.end()
})

it('Prisma: $queryRawUnsafe is given the values one by one, and answers with rows', async () => {
  const shop = await openShop(uniqueSchema())
  const connection = await connect()
  await connection.query('BEGIN')
  const tx = {
    $queryRawUnsafe: async (text: string, ...values: unknown[]) => {
      const { rows, fields } = await connection.query(text, values)
      // It cannot read columns of type void (2278).
      expect(fields.map(({ dataTypeID }) => dataTypeID)).not.toContain(2278)
      return rows as unknown
    },
  }
  await shop.client.add('numbers', 1, { tx })
  await connection.query('COMMIT')
  expect(await stored(shop)).toEqual([1])
  const { jobs } = work(shop.worker, () => done, {}, 'numbers')
  await until(() => jobs.length === 1, 'the job')
  const client = { ...tx, $connect: () => undefined }
  // @ts-expect-error a client that is no transaction
  await expect(shop.client.add('numbers', 1, { tx: client })).rejects.toMatchObject({
    code: 'PKQ406',
  })
})

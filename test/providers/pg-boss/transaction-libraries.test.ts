import { drizzle } from 'drizzle-orm/node-postgres'
import knex from 'knex'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Transaction } from '../../../src/runtime/transaction.ts'
import { databaseUrl, query, uniqueSchema } from '../../support/postgres.ts'
import { done, untilStatus, work } from './fixture.ts'
import { openShop } from './shop.ts'

function openPool(): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl(), max: 2 })
  onTestFinished(() => pool.end())
  return pool
}

interface Library {
  /** Commits, or rolls back when the body throws. */
  transaction(body: (tx: Transaction) => Promise<void>): Promise<unknown>
  /** What it is begun with: the compiler knows that it is none. */
  noTransaction: Transaction
}

const libraries: Record<string, () => Library> = {
  pg(): Library {
    const pool = openPool()
    return {
      async transaction(body) {
        const client = await pool.connect()
        try {
          await client.query('BEGIN')
          await body(client)
          await client.query('COMMIT')
        } catch (error) {
          await client.query('ROLLBACK')
          throw error
        } finally {
          client.release()
        }
      },
      // @ts-expect-error a pool is none
      noTransaction: pool,
    }
  },
  Drizzle(): Library {
    const db = drizzle({ client: openPool() })
    return {
      transaction: (body) => db.transaction((tx) => body(tx)),
      // @ts-expect-error a database is none
      noTransaction: db,
    }
  },
  Knex(): Library {
    const db = knex({ client: 'pg', connection: databaseUrl(), pool: { min: 0, max: 2 } })
    onTestFinished(() => db.destroy())
    return {
      transaction: (body) => db.transaction((trx) => body(trx)),
      // @ts-expect-error a database is none
      noTransaction: db,
    }
  },
  Kysely(): Library {
    const db = new Kysely({ dialect: new PostgresDialect({ pool: openPool() }) })
    return {
      transaction: (body) => db.transaction().execute((trx) => body(trx)),
      // @ts-expect-error a database is none
      noTransaction: db,
    }
  },
}

describe.each(Object.entries(libraries))('a transaction of %s', (_, open) => {
  it('stores a job with its commit, once for an id, and in the order of the adds', async () => {
    const shop = await openShop(uniqueSchema())
    const { jobs } = work(shop.worker, () => done, { concurrency: 1 }, 'numbers')
    let last = ''
    await open().transaction(async (tx) => {
      await shop.client.add('numbers', 1, { tx, jobId: "it's ? or $1" })
      await shop.client.add('numbers', 2, { tx, jobId: "it's ? or $1" })
      last = await shop.client.add('numbers', 3, { tx })
      expect(await shop.client.counts('numbers')).toMatchObject({ waiting: 0, completed: 0 })
    })
    await untilStatus(shop.worker, last, 'completed', 'numbers')
    expect(jobs.map(({ id, data }) => [id, data])).toEqual([
      ["it's ? or $1", 1],
      [last, 3],
    ])
  })

  it('leaves nothing when it is rolled back', async () => {
    const shop = await openShop(uniqueSchema())
    const ended = open().transaction(async (tx) => {
      await shop.client.addBulk('words', [
        { data: 'it’s ? or $1', options: { tx } },
        { data: 'b', options: { tx } },
      ])
      throw new Error('changed my mind')
    })
    await expect(ended).rejects.toThrow('changed my mind')
    expect(await shop.client.counts('words')).toMatchObject({ waiting: 0 })
  })

  it('says what kept the job from being stored, without the job', async () => {
    const shop = await openShop(uniqueSchema())
    await shop.client.counts('words')
    await query(`DROP TABLE ${shop.schema}.job CASCADE`)
    const ended = open().transaction(async (tx) => {
      await shop.client.add('words', 'secret', { tx })
    })
    await expect(ended).rejects.toMatchObject({
      code: 'PKQ608',
      message: `the transaction could not store the job: relation "${shop.schema}.job" does not exist`,
      hint: expect.stringContaining(`schema "${shop.schema}"`) as string,
    })
  })

  it('is another thing than what it was begun with, which is refused', async () => {
    const shop = await openShop(uniqueSchema())
    const { noTransaction } = open()
    const added = shop.client.add('numbers', 1, { tx: noTransaction })
    await expect(added).rejects.toMatchObject({ code: 'PKQ406' })
    expect(await shop.client.counts('numbers')).toMatchObject({ waiting: 0 })
  })
})

import { expect, it } from 'vitest'
import { toJobKey } from '../../../src/runtime/providers/pg-boss/ids.ts'
import { query, uniqueSchema } from '../../support/postgres.ts'
import { job, openProvider, until } from './fixture.ts'
import { connect, openShop } from './shop.ts'

/** The statement of ours that waits for a transaction to end. */
const waiting = async (schema: string): Promise<boolean> => {
  const rows = await query(
    `SELECT FROM pg_stat_activity
     WHERE wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%' AND pid <> pg_backend_pid()`,
    [`INSERT INTO ${schema}.job `],
  )
  return rows.length > 0
}

const uuidOf = (id: string) => toJobKey('numbers', id).uuid

it('producers that add the same ids, each in its own order, do not fail each other', async () => {
  const schema = uniqueSchema()
  const [one, two] = [await openProvider({ schema }), await openProvider({ schema })]
  for (let round = 0; round < 15; round += 1) {
    const jobs = Array.from({ length: 300 }, (_, n) => job({ id: `${round}-${n}` }))
    const ids = jobs.map(({ id }) => ({ id }))
    const sent = await Promise.all([
      one.send('jobs', jobs),
      two.send('jobs', jobs.toReversed()),
      one.send('jobs', [job()]),
    ])
    expect(sent.slice(0, 2)).toEqual([ids, ids.toReversed()])
    expect(sent[2]).toEqual([{ id: expect.any(String) as string }])
  }
  expect(await one.counts('jobs')).toMatchObject({ waiting: 15 * 301 })
})

it('a producer that a transaction keeps from adding tries again', async () => {
  const schema = uniqueSchema()
  const { client } = await openShop(schema)
  const bulk = ['a', 'b'].map((jobId, data) => ({ data, options: { jobId } }))
  // In the order in which a statement of both takes them.
  const [first, last] = ['a', 'b'].sort((one, other) => (uuidOf(one) < uuidOf(other) ? -1 : 1))
  const tx = await connect()
  await tx.query('BEGIN')
  await client.add('numbers', 1, { tx, jobId: last })
  const added = client.addBulk('numbers', bulk)
  await until(() => waiting(schema), 'the producer to wait for the transaction')
  await client.add('numbers', 2, { tx, jobId: first })
  await tx.query('COMMIT')
  expect(await added).toEqual(['a', 'b'])
  expect(await client.counts('numbers')).toMatchObject({ waiting: 2 })
})

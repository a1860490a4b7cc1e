import { expect, it } from 'vitest'
import { databaseUrl, query, uniqueSchema } from '../../support/postgres.ts'
import { until } from './fixture.ts'
import { openShop } from './shop.ts'
import { startWire } from './wire.ts'

/** A part of each statement that nothing else says. */
const statements = { find: 'AS "startedOn"', look: 'WITH ORDINALITY AS w' }

it('many who wait cost one statement now and then, not one for each of them', async () => {
  const schema = uniqueSchema()
  const wire = await startWire()
  const { client } = await openShop(schema, wire.url)
  const jobs = Array.from({ length: 300 }, (_, n) => ({ data: n, options: { delay: 3_600_000 } }))
  const ids = await client.addBulk('numbers', jobs)
  const end = new AbortController()
  const waiting = ids.map((id) =>
    client
      .waitForCompletion('numbers', id, { signal: end.signal })
      .catch((error: unknown) => error),
  )
  await until(() => wire.sent(statements.look) >= 4, 'four looks')
  // They were looked up when they began to wait, and after the first look.
  expect(wire.sent(statements.find)).toBeLessThanOrEqual(3 * (300 / 25))
  end.abort(new Error('enough'))
  expect(new Set((await Promise.all(waiting)).map(String))).toEqual(new Set(['Error: enough']))
})

it('a change that is not heard of is seen all the same, and so is a job that is gone', async () => {
  const schema = uniqueSchema()
  const { client } = await openShop(schema)
  const [done = '', gone = '', left = ''] = await client.addBulk('numbers', [
    { data: 1 },
    { data: 2 },
    { data: 3 },
  ])
  const heard: unknown[] = []
  client.onProgress('numbers', left, (progress) => heard.push(progress))
  const ended = Promise.all([
    client.waitForCompletion('numbers', done),
    client.waitForCompletion('numbers', gone).catch((error: unknown) => error),
  ])
  // Past the looks that are taken when one begins to wait.
  await until(async () => (await lookers(schema)) > 0, 'a look')
  await query(`UPDATE ${schema}.job SET state = 'completed', output = '7' WHERE id = $1`, [done])
  await query(`DELETE FROM ${schema}.job WHERE id = $1`, [gone])
  await query(
    `INSERT INTO ${schema}.pikku_progress (queue, job_id, progress) VALUES ('numbers', $1, '50')`,
    [left],
  )
  expect(await ended).toMatchObject([7, { code: 'PKQ407' }])
  await until(() => heard.length > 0, 'the progress')
  expect(heard).toEqual([50])
})

/** How many statements that look at this schema's jobs the server has seen last on its connections. */
async function lookers(schema: string): Promise<number> {
  const rows = await query(
    `SELECT FROM pg_stat_activity
     WHERE query LIKE '%' || $1 || '%' || $2 || '.job%' AND pid <> pg_backend_pid()`,
    [statements.look, schema],
    databaseUrl(),
  )
  return rows.length
}

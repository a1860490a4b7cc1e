import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { PgBoss } from 'pg-boss'
import { describe, expect, it, onTestFinished } from 'vitest'
import { databaseUrl, query, uniqueSchema } from '../../support/postgres.ts'
import { declaration, job, openProvider, until, untilStatus, work } from './fixture.ts'

const script = fileURLToPath(new URL('crashing-worker.ts', import.meta.url))

/** Starts a worker in a process of its own and kills it as soon as it has begun a job. */
async function crashOnce(schema: string): Promise<number> {
  const child = spawn(process.execPath, [script, databaseUrl(), schema], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const printed = await new Promise<Buffer>((resolve) => child.stdout.once('data', resolve))
  child.kill('SIGKILL')
  await once(child, 'exit')
  return Number(printed.toString())
}

/** Jobs in a worker's hands, those that only wait there included. */
async function claimed(schema: string): Promise<number> {
  return (await query(`SELECT FROM ${schema}.job WHERE state = 'active'`)).length
}

describe('a crash', () => {
  it('counts as one attempt, and nothing for a neighbour that only waited in the worker', async () => {
    const schema = uniqueSchema()
    const queues = [declaration('jobs', { deadLetterQueue: 'dead' })]
    const client = await openProvider({ schema, queues, role: 'producer' })
    await client.send('jobs', [
      job({ id: 'first', attempts: 2 }),
      job({ id: 'neighbour', attempts: 1 }),
    ])
    expect(await crashOnce(schema)).toBe(1)
    expect(await client.find('jobs', 'first')).toMatchObject({ status: 'active', attemptsMade: 1 })
    expect(await claimed(schema)).toBe(2)

    const worker = await openProvider({ schema, queues })
    const { jobs } = work(worker)
    const first = await untilStatus(client, 'first', 'completed')
    const neighbour = await untilStatus(client, 'neighbour', 'completed')
    expect([first.attemptsMade, neighbour.attemptsMade]).toEqual([2, 1])
    const attempts = new Map(jobs.map(({ id, attempt }) => [id, attempt]))
    expect(attempts).toEqual(
      new Map([
        ['first', 2],
        ['neighbour', 1],
      ]),
    )
  })

  it('costs a job that only waited nothing when pg-boss is the first to notice', async () => {
    const schema = uniqueSchema()
    const queues = [declaration('jobs', { deadLetterQueue: 'dead' })]
    const client = await openProvider({ schema, queues, role: 'producer' })
    await client.send('jobs', [
      job({ id: 'first', attempts: 1 }),
      job({ id: 'neighbour', attempts: 1 }),
    ])
    await crashOnce(schema)
    await until(async () => (await claimed(schema)) === 2, 'both to be claimed')
    await query(`UPDATE ${schema}.job SET heartbeat_on = now() - interval '1 hour'`)
    const boss = new PgBoss({ connectionString: databaseUrl(), schema, supervise: false })
    await boss.start()
    await boss.supervise('jobs')
    await boss.stop()
    expect(await client.find('jobs', 'first')).toMatchObject({ status: 'failed' })
    expect(await client.find('jobs', 'neighbour')).toMatchObject({ status: 'waiting' })

    const worker = await openProvider({ schema, queues })
    work(worker)
    expect(await untilStatus(client, 'neighbour', 'completed')).toMatchObject({ attemptsMade: 1 })
    // As a queue's other jobs are: pg-boss's own workers may run what we give back.
    const rows = await query(`SELECT FROM ${schema}.job WHERE heartbeat_seconds IS NULL`)
    expect(rows).toEqual([])
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Contracts } from '../../src/runtime/contract.ts'
import { unwrap } from '../../src/runtime/envelope.ts'
import type { CreateProvider, QueueProvider } from '../../src/runtime/provider.ts'
import { declaration, job, listeningLogger, until, work } from '../support/provider-work.ts'
import { databaseUrl, uniqueSchema } from '../support/postgres.ts'
import { redisUrl, uniquePrefix } from '../support/redis.ts'
import type { RedriveTask } from '../support/redrive-process.ts'
import { sqsConnection } from '../support/sqs.ts'

const program = fileURLToPath(new URL('../support/redrive-process.ts', import.meta.url))
const kills = 4

/** Redrives in a process of its own, which is killed so long after it has begun, or never. */
async function redriveIn(task: RedriveTask, killAfterMs?: number): Promise<void> {
  const child = spawn(process.execPath, [program, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  await Promise.race([once(child.stdout, 'data'), ended])
  if (killAfterMs !== undefined) {
    await Promise.race([delay(killAfterMs), ended])
    child.kill('SIGKILL')
  }
  await ended
  if (killAfterMs === undefined) expect(child.exitCode).toBe(0)
}

async function stage(
  name: string,
  connection: unknown,
  letters: number,
): Promise<{ provider: QueueProvider; task: RedriveTask }> {
  const suffix = randomBytes(5).toString('hex')
  const [from, to] = [`dead-${suffix}`, `again-${suffix}`]
  const contracts: Contracts = {
    queues: { [to]: { input: {}, output: {}, defaults: { deadLetterQueue: from } } },
    $defs: {},
  }
  const entryPoint = new URL(`../../src/runtime/providers/${name}/index.ts`, import.meta.url).href
  const { createProvider } = (await import(entryPoint)) as { createProvider: CreateProvider }
  const provider = createProvider({ role: 'worker', connection, logger: listeningLogger() })
  onTestFinished(() => provider.close(5_000))
  await provider.open([declaration(to, { deadLetterQueue: from }), declaration(from)])
  const jobs = Array.from({ length: letters }, (_, n) => job({ data: n }))
  const results = await provider.send(from, jobs)
  expect(results.filter((result) => 'error' in result)).toEqual([])
  return { provider, task: { entryPoint, connection, from, to, contracts } }
}

/** Kills later and later until something has moved, then at random moments. Returns what had moved. */
async function killAgainAndAgain(provider: QueueProvider, task: RedriveTask): Promise<number[]> {
  const moved: number[] = []
  let longestMs = 5
  for (let killed = 0; killed < kills;) {
    await redriveIn(task, moved.length === 0 ? longestMs : Math.random() * longestMs)
    const count = (await provider.overview?.(task.to))?.counts.waiting ?? 0
    if (count > 0) moved.push(count)
    if (moved.length === 0) longestMs *= 1.5
    else killed += 1
  }
  return moved
}

describe('a redrive that is killed again and again', () => {
  const connections = {
    bullmq: () => ({ url: redisUrl(), prefix: uniquePrefix() }),
    'pg-boss': () => ({ connectionString: databaseUrl(), schema: uniqueSchema() }),
  }

  it.each(['bullmq', 'pg-boss'] as const)(
    'loses and doubles nothing on %s',
    async (name) => {
      const letters = 2_000
      const { provider, task } = await stage(name, connections[name](), letters)
      const moved = await killAgainAndAgain(provider, task)
      // Else none was killed in the middle of it.
      expect(moved.some((count) => count > 0 && count < letters)).toBe(true)
      await redriveIn(task)
      const page = { offset: 0, limit: letters + 1 }
      const jobs = (await provider.list?.(task.to, 'waiting', page)) ?? []
      const payloads = jobs.map(({ data }) => Number(unwrap(data).payload)).sort((a, b) => a - b)
      expect(payloads).toEqual(Array.from({ length: letters }, (_, n) => n))
      expect((await provider.overview?.(task.from))?.counts.waiting).toBe(0)
    },
    60_000,
  )

  it('loses nothing on sqs', async () => {
    const letters = 300
    const connection = { ...sqsConnection(), createQueues: true }
    const { provider, task } = await stage('sqs', connection, letters)
    const moved = await killAgainAndAgain(provider, task)
    expect(moved.some((count) => count > 0 && count < letters)).toBe(true)
    // What the killed ones had received is hidden for a while.
    await until(
      async () => {
        await redriveIn(task)
        const { waiting, active } = (await provider.overview?.(task.from))?.counts ?? {}
        return waiting === 0 && active === 0
      },
      'the dead letter queue to be empty',
      90_000,
    )
    const again = work(provider, undefined, { concurrency: 50 }, task.to)
    const seen = () => new Set(again.jobs.map(({ data }) => unwrap(data).payload)).size
    await until(() => seen() === letters, 'all letters to have run again')
  }, 180_000)
})

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Contracts } from '../../src/runtime/contract.ts'
import { unwrap } from '../../src/runtime/envelope.ts'
import type { CreateProvider, QueueProvider } from '../../src/runtime/provider.ts'
import { createDatabase } from '../support/database.ts'
import { projectOf } from '../support/project.ts'
import { declaration, job, listeningLogger, until, work } from '../support/provider-work.ts'
import { redisUrl, uniquePrefix } from '../support/redis.ts'
import { sqsConnection } from '../support/sqs.ts'
import { repository } from '../support/user-project.ts'
import { factor } from './chaos.ts'

const letters = 2_000 * factor
const main = join(repository, 'src', 'cli', 'main.ts')

interface Stage {
  provider: QueueProvider
  from: string
  to: string
  /** Starts `pikku queues redrive`. */
  redrive: () => ReturnType<typeof spawn>
  /** How many have arrived. */
  moved: () => Promise<number>
}

interface Backend {
  name: 'bullmq' | 'pg-boss' | 'sqs'
  /** Of the project, and of ours. */
  settings: object
  connection: unknown
  env: Record<string, string>
}

const backends: Record<Backend['name'], () => Promise<Backend>> = {
  bullmq() {
    const [url, prefix] = [redisUrl(), uniquePrefix()]
    const connection = { url, prefix }
    return Promise.resolve({
      name: 'bullmq',
      settings: { prefix },
      connection,
      env: { REDIS_URL: url },
    })
  },
  async 'pg-boss'() {
    const url = await createDatabase()
    return { name: 'pg-boss', settings: {}, connection: url, env: { DATABASE_URL: url } }
  },
  sqs() {
    const connection = sqsConnection()
    const { endpoint, region } = connection
    const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
    const own = { ...connection, createQueues: true }
    return Promise.resolve({ name: 'sqs', settings: { endpoint, region }, connection: own, env })
  },
}

/** A project whose dead letter queue is full of letters, each with a number of its own. */
async function stage({ name, settings, connection, env }: Backend): Promise<Stage> {
  const suffix = randomBytes(5).toString('hex')
  const [from, to] = [`dead-${suffix}`, `again-${suffix}`]
  const contracts: Contracts = {
    queues: {
      [to]: { input: { type: 'number' }, output: {}, defaults: { deadLetterQueue: from } },
    },
    $defs: {},
  }
  const root = await projectOf({
    'pikku.config.json': JSON.stringify({ provider: name, connection: { [name]: settings } }),
    '.pikku/pikku-contracts.gen.json': JSON.stringify(contracts),
  })
  const entryPoint = new URL(`../../src/runtime/providers/${name}/index.ts`, import.meta.url).href
  const { createProvider } = (await import(entryPoint)) as { createProvider: CreateProvider }
  const provider = createProvider({ role: 'worker', connection, logger: listeningLogger() })
  onTestFinished(() => provider.close(5_000))
  await provider.open([declaration(to, { deadLetterQueue: from }), declaration(from)])
  const jobs = Array.from({ length: letters }, (_, n) => job({ data: n }))
  const results = await provider.send(from, jobs)
  expect(results.filter((result) => 'error' in result)).toEqual([])
  const args = [main, 'queues', 'redrive', from, '--to', to, '--yes']
  return {
    ...{ provider, from, to },
    redrive: () => {
      const child = spawn(process.execPath, args, {
        ...{ cwd: root, env: { ...process.env, ...env } },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      return child
    },
    moved: async () => (await provider.overview?.(to))?.counts.waiting ?? 0,
  }
}

/**
 * Lets it move letters for a second at most, each time, and kills it; until it has come to its end by
 * itself. Returns how many times it was killed with letters left and right.
 */
async function killEverySecond({ redrive, moved }: Stage, longestMs: number): Promise<number> {
  for (let killed = 0; ;) {
    const before = await moved()
    const child = redrive()
    let exitCode: number | null | undefined
    const ended = once(child, 'close').then(() => (exitCode = child.exitCode))
    const isAtWork = async () => exitCode !== undefined || (await moved()) > before
    await until(isAtWork, 'letters to be moved', 60_000)
    // At once the first time: however quick it is, that is in the middle.
    await Promise.race([ended, delay(killed === 0 ? 0 : Math.random() * longestMs)])
    child.kill('SIGKILL')
    await ended
    if (exitCode === 0) return killed
    const now = await moved()
    if (now > before && now < letters) killed += 1
  }
}

/** The whole of it, in the end. */
async function empty(stage: Stage): Promise<void> {
  await until(
    async () => {
      const [code] = (await once(stage.redrive(), 'close')) as [number | null]
      expect(code).toBe(0)
      const { waiting, active } = (await stage.provider.overview?.(stage.from))?.counts ?? {}
      return waiting === 0 && active === 0
    },
    'the dead letter queue to be empty',
    90_000 * factor,
  )
}

const all = Array.from({ length: letters }, (_, n) => n)

describe(`pikku queues redrive of ${letters} letters, killed every second`, () => {
  it.each(['bullmq', 'pg-boss'] as const)(
    'loses and doubles nothing on %s',
    async (name) => {
      const at = await stage(await backends[name]())
      // They are so quick that a second would be enough for all of them.
      expect(await killEverySecond(at, 50 * factor)).toBeGreaterThan(0)
      await empty(at)
      const page = { offset: 0, limit: letters + 1 }
      const jobs = (await at.provider.list?.(at.to, 'waiting', page)) ?? []
      const payloads = jobs.map(({ data }) => Number(unwrap(data).payload))
      expect(payloads.sort((a, b) => a - b)).toEqual(all)
    },
    120_000 * factor,
  )

  it(
    'loses nothing on sqs',
    async () => {
      const at = await stage(await backends.sqs())
      expect(await killEverySecond(at, 1_000)).toBeGreaterThan(0)
      // What the killed ones had received is hidden for a while.
      await empty(at)
      const again = work(at.provider, undefined, { concurrency: 50 }, at.to)
      const seen = () => new Set(again.jobs.map(({ data }) => unwrap(data).payload))
      await until(() => seen().size === letters, 'all letters to have run again', 60_000 * factor)
    },
    240_000 * factor,
  )
})

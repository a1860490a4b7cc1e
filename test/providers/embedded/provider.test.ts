import { expect, it, onTestFinished, vi } from 'vitest'
import type { QueueDeclaration, QueueProvider } from '../../../src/runtime/provider.ts'
import { joinEngine } from '../../../src/runtime/providers/embedded/engine.ts'
import { createProvider } from '../../../src/runtime/providers/embedded/index.ts'
import { engineFolder, killServer, serverPid } from '../../support/engine-folder.ts'
import { query } from '../../support/postgres.ts'
import { silentLogger } from '../../support/silent-logger.ts'

vi.setConfig({ testTimeout: 90_000 })

const queue: QueueDeclaration = {
  name: 'mail',
  attempts: 3,
  crashDelayMs: 1000,
  visibilityTimeoutSeconds: 30,
  lockDurationMs: 30_000,
  keepCompleted: 100,
  keepFailed: 100,
}

const job = { data: { to: 'ada' }, delayMs: 0, priority: 0, attempts: 3 }

async function openProvider(dataDir: string, role: 'worker' | 'producer'): Promise<QueueProvider> {
  const provider = createProvider({ connection: { dataDir }, role, logger: silentLogger })
  onTestFinished(() => provider.close(0))
  await provider.open([queue])
  return provider
}

function consumeAll(provider: QueueProvider, done: string[]): void {
  const options = {
    concurrency: 2,
    pollIntervalMs: 500,
    visibilityTimeoutSeconds: 30,
    lockDurationMs: 30_000,
    drainDelaySeconds: 5,
    workerName: 'mail',
  }
  provider.consume(queue.name, options, ({ id }) => {
    done.push(id)
    return Promise.resolve({ type: 'done', result: 'sent' })
  })
}

it('carries a job from a producer to a worker, and its result back', async () => {
  const dataDir = await engineFolder()
  const worker = await openProvider(dataDir, 'worker')
  const producer = await openProvider(dataDir, 'producer')
  expect(worker.name).toBe('embedded')
  expect(producer.address).toBe(worker.address)
  expect(worker.address).toMatch(/^127\.0\.0\.1:\d+, data in .*\/data$/)

  const done: string[] = []
  consumeAll(worker, done)
  const id = await sendOne(producer)
  await vi.waitFor(async () => {
    expect(await producer.find?.(queue.name, id)).toMatchObject({
      status: 'completed',
      result: 'sent',
    })
  }, 10_000)
  expect(done).toEqual([id])
  expect(await producer.counts?.(queue.name)).toMatchObject({ completed: 1, waiting: 0 })

  await worker.close(1000)
  expect(await serverPid(dataDir)).toBeDefined()
  await producer.close(1000)
  expect(await serverPid(dataDir)).toBeUndefined()
})

it('goes on after its server has been killed', async () => {
  const dataDir = await engineFolder()
  const provider = await openProvider(dataDir, 'worker')
  const done: string[] = []
  consumeAll(provider, done)
  const before = await sendOne(provider)
  await vi.waitFor(() => expect(done).toContain(before), 10_000)

  await killServer(dataDir)
  const after = await vi.waitFor(() => sendOne(provider), { timeout: 20_000, interval: 100 })
  await vi.waitFor(() => expect(done).toContain(after), { timeout: 30_000, interval: 100 })
  await provider.close(1000)
  expect(await serverPid(dataDir)).toBeUndefined()
})

it('leaves no server behind when it is closed in the middle of opening', async () => {
  const dataDir = await engineFolder()
  const provider = createProvider({
    connection: { dataDir },
    role: 'worker',
    logger: silentLogger,
  })
  const opening = provider.open([queue])
  await provider.close(0)
  await opening
  expect(await serverPid(dataDir)).toBeUndefined()
})

it('leaves no server behind when it cannot be opened', async () => {
  const dataDir = await engineFolder()
  const engine = await joinEngine({ dataDir, logger: silentLogger })
  await query('CREATE SCHEMA pgboss', [], engine.connectionString)
  await query('CREATE VIEW pgboss.version AS SELECT 1 AS nonsense', [], engine.connectionString)
  await engine.leave()

  const provider = createProvider({
    connection: { dataDir },
    role: 'producer',
    logger: silentLogger,
  })
  await expect(provider.open([queue])).rejects.toThrow()
  expect(await serverPid(dataDir)).toBeUndefined()
  await provider.close(0)
})

it('says so when it is used before it is open', () => {
  const provider = createProvider({ role: 'producer', logger: silentLogger })
  expect(() => provider.send(queue.name, [{ ...job }])).toThrow('is not open')
})

async function sendOne(provider: QueueProvider): Promise<string> {
  const [result] = await provider.send(queue.name, [job])
  if (!result || 'error' in result) throw result?.error ?? new Error('no result')
  return result.id
}

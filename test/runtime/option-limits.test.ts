import { expect, it } from 'vitest'
import { announce } from '../../src/runtime/announce.ts'
import { createLogger } from '../../src/runtime/logger.ts'
import { nothing, startWorker } from '../support/memory-worker.ts'

it('a value that the provider cannot use becomes the nearest that it can, and the log says so', async () => {
  const { worker, provider } = await startWorker(() => undefined, {
    ...nothing,
    config: { visibilityTimeout: 5, lockDuration: 60_000, pollInterval: 20 },
  })
  const log: string[] = []
  announce(
    worker,
    provider,
    createLogger({ level: 'warn', colour: false, write: (line) => log.push(line) }),
  )

  expect(provider.consumed.get('email')?.options).toMatchObject({
    visibilityTimeoutSeconds: 10,
    pollIntervalMs: 20,
  })
  expect(provider.opened).toMatchObject([{ visibilityTimeoutSeconds: 10 }])
  expect(log.map((line) => line.replace(/^.*queue/, 'queue'))).toEqual([
    'queue email: visibilityTimeout 5 is out of range here; 10 is used',
    'queue email: lockDuration is ignored; pg-boss has no lock; use visibilityTimeout',
  ])
})

import { expect } from 'vitest'
import { factor } from '../chaos.ts'
import type { Trial } from '../trial.ts'

/**
 * Workers come and go as in a deployment, each ended by SIGTERM in the middle of its jobs. Every other
 * one gives its jobs no time, and some jobs take more than they are given: no attempt is counted.
 */
export async function terminated(trial: Trial): Promise<void> {
  let tasks = 0
  const nextTask = () => ({ takesMs: (tasks += 1) % 100 === 0 ? 2_000 : 30 })
  const start = (n: number) =>
    trial.startWorker({ args: n % 2 === 0 ? [] : ['--shutdown-timeout', '0'] })
  await trial.underLoad(nextTask, async () => {
    let worker = start(0)
    for (let round = 1; round <= 20 * factor; round += 1) {
      const next = start(round)
      await trial.begins(worker, 10)
      await trial.fault('SIGTERM', [worker], async () => {
        worker.signal('SIGTERM')
        expect(await worker.ended()).toBe(0)
      })
      worker = next
    }
  })
  const counted = trial.ledger.runs().filter(({ attempt }) => attempt !== 1)
  expect(counted.slice(0, 10)).toEqual([])
}

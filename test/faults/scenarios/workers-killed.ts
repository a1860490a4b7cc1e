import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { factor } from '../chaos.ts'
import type { Trial } from '../trial.ts'

const everyMs = 1_000
/** Less than two workers do in a second; on a slow machine, they are given the time for it. */
const jobsBetween = 200
/** What a round may take at most, and the time to start a worker: ten at a time in each of two, of 40 ms. */
const jobsAtMost = 1_000

/** Every second, one of two workers is killed -9 in the middle of its jobs, and replaced. */
export async function workersKilled(trial: Trial): Promise<void> {
  const jobs = 4_000 * factor
  await trial.producer.add(jobs, { takesMs: 40 })
  let [next, after] = [trial.startWorker(), trial.startWorker()]
  let kills = 0
  while (trial.ledger.finished().size < jobs - jobsAtMost) {
    const victim = next
    await Promise.all([delay(everyMs), trial.progresses(jobsBetween)])
    await trial.until(() => trial.inFlight(victim).length > 0, 'something to interrupt')
    await trial.fault('kill -9', [victim], () => victim.kill())
    kills += 1
    ;[next, after] = [after, trial.startWorker()]
  }
  expect(kills).toBeGreaterThanOrEqual(5)
}

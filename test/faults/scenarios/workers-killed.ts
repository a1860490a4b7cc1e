import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { factor } from '../chaos.ts'
import type { Trial } from '../trial.ts'

const everyMs = 1_000
/** About what two workers do in a second; on a slow machine, they are given the time for it. */
const jobsBetween = 200

/** Every second, one of two workers is killed -9 in the middle of its jobs, and replaced. */
export async function workersKilled(trial: Trial): Promise<void> {
  const jobs = 3_000 * factor
  await trial.producer.add(jobs, { takesMs: 40 })
  let [next, after] = [trial.startWorker(), trial.startWorker()]
  let kills = 0
  while (trial.ledger.finished().size < jobs - 2 * jobsBetween) {
    const victim = next
    await Promise.all([delay(everyMs), trial.progresses(jobsBetween)])
    await trial.until(() => trial.inFlight(victim).length > 0, 'something to interrupt')
    await trial.fault('kill -9', [victim], () => victim.kill())
    kills += 1
    ;[next, after] = [after, trial.startWorker()]
  }
  expect(kills).toBeGreaterThanOrEqual(5)
}

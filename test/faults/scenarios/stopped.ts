import { factor } from '../chaos.ts'
import type { Trial } from '../trial.ts'

/**
 * A worker is stopped (SIGSTOP) until its jobs are another's, and wakes up in the middle of them: what
 * it still settles must not count, and it has to find its way back to work.
 */
export async function stopped(trial: Trial): Promise<void> {
  const [sleeper, other] = [trial.startWorker(), trial.startWorker()]
  await trial.underLoad(
    () => ({ takesMs: 200, laterTakesMs: 2_000 }),
    async () => {
      for (let round = 0; round < factor; round += 1) {
        await Promise.all([trial.begins(sleeper, 20), trial.begins(other)])
        await trial.fault('SIGSTOP', [sleeper], async () => {
          sleeper.signal('SIGSTOP')
          await trial.takenOver(sleeper, other)
          sleeper.signal('SIGCONT')
        })
        await trial.begins(sleeper, 20)
      }
    },
  )
}

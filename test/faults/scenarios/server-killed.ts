import { factor } from '../chaos.ts'
import type { Trial } from '../trial.ts'

/** The server is killed -9 while two workers and a producer use it, and comes back. */
export async function serverKilled(trial: Trial): Promise<void> {
  const { kill, restart } = trial.server
  if (!kill || !restart) throw new Error('the server cannot be killed')
  const workers = [trial.startWorker(), trial.startWorker()]
  await trial.underLoad(
    () => ({ takesMs: 20 }),
    async () => {
      for (const worker of workers) await trial.begins(worker)
      for (let round = 0; round < 3 * factor; round += 1) {
        await trial.progresses(200)
        await trial.fault('the server is killed', workers, async () => {
          await kill()
          await restart()
        })
        // Both of them, by themselves.
        for (const worker of workers) await trial.begins(worker)
      }
    },
  )
}

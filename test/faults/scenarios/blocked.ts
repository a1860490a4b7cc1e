import { factor } from '../chaos.ts'
import type { Trial } from '../trial.ts'

/** A function blocks the event loop for longer than its lease, while others run beside it. */
export async function blocked(trial: Trial): Promise<void> {
  const workers = [trial.startWorker(), trial.startWorker()]
  await trial.underLoad(
    () => ({ takesMs: 50, laterTakesMs: 3_000 }),
    async () => {
      for (let round = 0; round < factor; round += 1) {
        for (const worker of workers) await trial.begins(worker, 20)
        const [job] = await trial.producer.add(1, {
          ...{ takesMs: 0, laterTakesMs: 3_000 },
          blocksMs: trial.leaseMs + 3_000,
        })
        const runs = () => trial.ledger.runs().filter((run) => run.job === job)
        await trial.until(() => runs().length > 0, 'the function to block')
        const met = workers.filter(({ pid }) => pid === runs()[0]?.pid)
        await trial.fault('the event loop is blocked', met, () =>
          trial.until(() => runs()[0]?.finishedAt !== undefined, 'the function to return'),
        )
        for (const worker of workers) await trial.begins(worker, 20)
      }
    },
  )
}

import { factor } from '../chaos.ts'
import type { Trial } from '../trial.ts'

/** Every connection of the workers and the producer is reset, again and again; then none is taken. */
export async function connectionsCut(trial: Trial): Promise<void> {
  const { proxy, connection } = await trial.startProxy()
  const producer = trial.produceOn(connection)
  const workers = [trial.startWorker({ connection }), trial.startWorker({ connection })]
  await trial.underLoad(
    () => ({ takesMs: 20 }),
    async () => {
      for (const worker of workers) await trial.begins(worker)
      for (let round = 0; round < 5 * factor; round += 1) {
        await trial.progresses(100)
        await trial.fault('connections are cut', workers, async () => {
          proxy.cut()
          for (const worker of workers) await trial.begins(worker)
        })
      }
      for (let round = 0; round < factor; round += 1) {
        await trial.fault('connections are refused', workers, async () => {
          proxy.refuse()
          const { refused } = producer
          // With a full backlog, and workers that are cut off as well, it would have nothing to ask for.
          const added = producer.add(1, { takesMs: 20 })
          await trial.until(() => producer.refused > refused, 'the producer to be told')
          proxy.pass()
          await added
        })
        for (const worker of workers) await trial.begins(worker)
      }
    },
  )
}

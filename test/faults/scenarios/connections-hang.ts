import { factor } from '../chaos.ts'
import type { Trial } from '../trial.ts'

/**
 * A worker and the producer are cut off by a network that drops every packet, and another worker is
 * not. At first it is found again as it was; then its connections are dead and nobody says so.
 */
export async function connectionsHang(trial: Trial): Promise<void> {
  const { proxy, connection } = await trial.startProxy()
  trial.produceOn(connection)
  const lonely = trial.startWorker({ connection })
  const other = trial.startWorker()
  await trial.underLoad(
    () => ({ takesMs: 200, laterTakesMs: 2_000 }),
    async () => {
      for (let round = 0; round < factor; round += 1) {
        await Promise.all([trial.begins(lonely, 20), trial.begins(other)])
        await trial.fault('connections hang beyond the lease', [lonely], async () => {
          proxy.hang()
          await trial.takenOver(lonely, other)
        })
        proxy.pass()
        await trial.begins(lonely, 20)
        const die = async () => {
          proxy.hang()
          proxy.passAnew()
          await trial.begins(lonely, 20)
        }
        // One that nobody has used since is still to be found dead, by a job that is to be settled on it.
        await trial.fault('connections are dead', [lonely], die, { lasting: true })
      }
    },
  )
}

import type { Fate } from './evidence.ts'
import type { Client } from './work.ts'

/** Lookups at the same time. */
const width = 20

/** What the backend says has become of the jobs, given with their ids. */
export async function findFates(
  client: Client,
  queue: string,
  jobs: ReadonlyMap<number, string>,
): Promise<Map<number, Fate | null>> {
  const fates = new Map<number, Fate | null>()
  const left = jobs.entries()
  const look = async () => {
    for (const [job, id] of left) {
      const found = await client.getJob(queue, id)
      const reason = found?.error ? found.error.message : null
      fates.set(job, found && { status: found.status, result: found.result, reason })
    }
  }
  await Promise.all(Array.from({ length: width }, look))
  return fates
}

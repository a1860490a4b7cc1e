import type { Evidence, Fate, Run } from './evidence.ts'
import { hasFinished, hasSucceeded, wasBeingAdded, wasInFlight } from './in-flight.ts'
import { judgeLetters } from './letter-rules.ts'

/**
 * What the evidence holds against the system; empty when every promise was kept:
 * - No job is lost: each whose add was answered has finished, or is dead with a reason.
 * - No success is recorded as a failure, and no failure as a success.
 * - The result that was kept is that of the last attempt: one that lost its job settles nothing.
 * - A job runs again only when it was in flight at a fault, or being added where the backend takes no ids;
 *   and each fault costs a process no more finished runs than it had in flight.
 * - Nothing is stuck.
 * - The dead letters are those of the jobs that failed for good: see letter-rules.ts.
 */
export function judge(evidence: Evidence): string[] {
  const runs = runsByJob(evidence.runs)
  return [
    ...[...evidence.acknowledged.keys()].flatMap((job) =>
      judgeJob(job, runs.get(job) ?? [], evidence),
    ),
    ...judgeRepeats([...runs.values()], evidence),
    ...judgeLetters(evidence, runs),
    ...judgeCounts(evidence),
  ]
}

/** Of each job in the order of its attempts. One that was given back has the same number again. */
function runsByJob(runs: readonly Run[]): Map<number, Run[]> {
  const inOrder = runs.toSorted((a, b) => a.attempt - b.attempt || a.startedAt - b.startedAt)
  return Map.groupBy(inOrder, ({ job }) => job)
}

function judgeJob(job: number, runs: Run[], { fates }: Evidence): string[] {
  const finished = runs.some(hasFinished)
  if (!fates) return finished ? [] : [`job ${job} is lost: it never finished`]
  const fate = fates.get(job)
  if (!fate) return [`job ${job} is lost: the backend does not know it`]
  return judgeFate(fate, runs).map((complaint) => `job ${job} ${complaint}`)
}

function judgeFate({ status, result, reason }: Fate, runs: Run[]): string[] {
  const last = runs.at(-1)
  switch (status) {
    case 'completed':
      if (!runs.some(hasSucceeded))
        return ['is lost: it is recorded as completed and never finished']
      if (result === last?.id) return []
      return [`has the result of run ${String(result)}, but run ${last?.id} was its last`]
    case 'failed':
    case 'discarded':
      if (last && hasSucceeded(last)) return [`is ${status}, though run ${last.id} of it succeeded`]
      return reason ? [] : [`is ${status} without a reason`]
    default:
      return [`is stuck: it is still ${status}`]
  }
}

/** Looks at the runs that were not their job's last. */
function judgeRepeats(jobs: Run[][], { adds, faults, mostInFlight }: Evidence): string[] {
  const repeated = jobs.flatMap((runs) =>
    runs.slice(0, -1).map((run, n) => ({ run, next: runs[n + 1] })),
  )
  const unexplained = repeated.filter(
    ({ run, next }) =>
      !faults.some(
        (fault) => wasInFlight(run, next, fault) || wasBeingAdded(adds?.get(run.job), fault),
      ),
  )
  const excessive = faults.flatMap((fault) =>
    fault.pids.flatMap((pid) => {
      const paid = repeated.filter(
        ({ run, next }) => run.pid === pid && hasFinished(run) && wasInFlight(run, next, fault),
      )
      if (paid.length <= mostInFlight) return []
      return `"${fault.what}" cost process ${pid} ${paid.length} finished runs, more than ${mostInFlight}`
    }),
  )
  return [
    ...unexplained.map(
      ({ run, next }) =>
        `job ${run.job} ran again (${next?.id}), though no fault met its run ${run.id}`,
    ),
    ...excessive,
  ]
}

function judgeCounts({ counts }: Evidence): string[] {
  return (['waiting', 'active', 'delayed'] as const).flatMap((status) => {
    const count = counts[status] ?? 0
    return count > 0 ? [`${count} jobs are stuck: still ${status}`] : []
  })
}

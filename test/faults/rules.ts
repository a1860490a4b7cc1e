import type { Evidence, Fate, Fault, Run } from './evidence.ts'

/** A function that has ended is settled within this many milliseconds when nothing is wrong. */
export const settleMs = 1_000
/** One that was claimed before or in a fault has begun by then: what it claims later is its own. */
export const claimMs = 1_000

/**
 * What the evidence holds against the system; empty when every promise was kept:
 * - No job is lost: each whose add was answered has finished, or is dead with a reason.
 * - No success is recorded as a failure.
 * - The result that was kept is that of the last attempt: one that lost its job settles nothing.
 * - A job runs again only when it was in flight at a fault, and each fault costs a process no more
 *   finished runs than it had in flight.
 * - Nothing is stuck.
 */
export function judge(evidence: Evidence): string[] {
  const runs = runsByJob(evidence.runs)
  return [
    ...[...evidence.acknowledged].flatMap((job) => judgeJob(job, runs.get(job) ?? [], evidence)),
    ...judgeRepeats([...runs.values()], evidence),
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
      if (!runs.some(hasFinished))
        return ['is lost: it is recorded as completed and never finished']
      if (result === last?.id) return []
      return [`has the result of run ${String(result)}, but run ${last?.id} was its last`]
    case 'failed':
    case 'discarded':
      if (last && hasFinished(last)) return [`is ${status}, though run ${last.id} of it succeeded`]
      return reason ? [] : [`is ${status} without a reason`]
    default:
      return [`is stuck: it is still ${status}`]
  }
}

/** Looks at the runs that were not their job's last. */
function judgeRepeats(jobs: Run[][], { faults, mostInFlight }: Evidence): string[] {
  const repeated = jobs.flatMap((runs) =>
    runs.slice(0, -1).map((run, n) => ({ run, next: runs[n + 1] })),
  )
  const unexplained = repeated.filter(
    ({ run, next }) => !faults.some((fault) => wasInFlight(run, next, fault)),
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

/**
 * From its claim to its settlement, of which nobody but the worker knows. A run that never finished was
 * in flight until its job ran again.
 */
function wasInFlight(run: Run, next: Run | undefined, { pids, from, to }: Fault): boolean {
  const until = (run.finishedAt ?? next?.startedAt ?? run.startedAt) + settleMs
  return pids.includes(run.pid) && run.startedAt <= to + claimMs && until >= from
}

function judgeCounts({ counts }: Evidence): string[] {
  if (!counts) return []
  return (['waiting', 'active', 'delayed'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} jobs are stuck: still ${status}`)
}

function hasFinished({ finishedAt }: Run): boolean {
  return finishedAt !== undefined
}

import type { Evidence, Letter, Run } from './evidence.ts'
import { hasSucceeded, wasBeingAdded, wasInFlight } from './in-flight.ts'

/**
 * What the dead letters say against the system:
 * - A job that failed for good has a letter, and any other has none.
 * - It has one letter only. Where the backend keeps no fates it may have more, if a fault met one of its
 *   runs (the letter was sent, and what would have ended the job was not) or its add.
 * - A letter says where it came from, and why.
 */
export function judgeLetters(evidence: Evidence, runs: ReadonlyMap<number, Run[]>): string[] {
  const letters = Map.groupBy(evidence.letters, ({ job }) => job)
  const jobs = new Set([...evidence.acknowledged.keys(), ...letters.keys()])
  return [...jobs].flatMap((job) =>
    judgeJob(job, letters.get(job) ?? [], runs.get(job) ?? [], evidence).map(
      (complaint) => `job ${job} ${complaint}`,
    ),
  )
}

function judgeJob(job: number, letters: Letter[], runs: Run[], evidence: Evidence): string[] {
  const { acknowledged, adds, queue, fates, faults } = evidence
  const success = runs.find(hasSucceeded)
  const isDead = runs.some(({ died }) => died) || fates?.get(job)?.status === 'failed'
  if (letters.length === 0) return isDead && !success ? ['is dead and has no letter'] : []
  if (success) return [`has a dead letter, though run ${success.id} of it succeeded`]
  if (!isDead) return ['has a dead letter, and never failed for good']
  const mayHaveMore =
    !fates &&
    faults.some(
      (fault) =>
        wasBeingAdded(adds?.get(job), fault) ||
        runs.some((run, n) => wasInFlight(run, runs[n + 1], fault)),
    )
  const id = acknowledged.get(job)
  return [
    ...(letters.length > 1 && !mayHaveMore ? [`has ${letters.length} dead letters`] : []),
    ...new Set(letters.flatMap(({ origin }) => judgeOrigin(origin, queue, id))),
  ]
}

function judgeOrigin(origin: Letter['origin'], queue: string, id: string | undefined): string[] {
  if (!origin) return ['has a dead letter that does not say where it came from']
  const { queueName, jobId, error } = origin
  const isFromHere = queueName === queue && (id === undefined || jobId === id)
  return [
    ...(isFromHere ? [] : [`has a dead letter of job ${jobId} of queue ${queueName}`]),
    ...(error?.message ? [] : ['has a dead letter without a reason']),
  ]
}

import { capabilitiesOn } from './capabilities.ts'
import type { QueueContract } from './contract.ts'
import { wrap } from './envelope.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import { notSupported } from './not-supported.ts'
import { resolveJobOptions } from './job-options.ts'
import type { Payloads } from './payload.ts'
import type { OutgoingJob, QueueProvider } from './provider.ts'
import type { TraceCarrier } from './trace.ts'
import type { JobOptions } from './types.ts'

/** Makes the job as the provider stores it, with what continues the trace of who adds it. */
export type MakeJob = (trace?: TraceCarrier) => OutgoingJob

/**
 * Checks a job and takes a copy of its payload. What is returned makes what the provider stores.
 * @throws ValidationError (PKQ401) when the payload does not fit its type.
 * @throws PikkuQueueError for an option that is wrong (PKQ406) or that the provider lacks (PKQ409),
 *   and, when it is made, for a job that is larger than it takes (PKQ410).
 */
export function checkJob(
  queue: string,
  data: unknown,
  options: JobOptions,
  {
    provider,
    payloads,
    contract,
  }: { provider: QueueProvider; payloads: Payloads; contract: QueueContract },
): MakeJob {
  const capabilities = capabilitiesOn(queue, provider.capabilities)
  if (options.tx !== undefined && !capabilities.transactions) {
    throw notSupported(provider, 'adding in a transaction')
  }
  const { envelope, ...job } = resolveJobOptions(
    queue,
    options,
    contract.defaults,
    capabilities.maxDelayMs,
  )
  if (job.priority !== 0 && !capabilities.priority) throw notSupported(provider, 'a priority')
  if (job.id !== undefined && !capabilities.jobId) {
    throw notSupported(provider, "a job id of the caller's", onlyOnFifo(provider, 'jobId'))
  }
  if (job.group !== undefined && !capabilities.group) {
    throw notSupported(provider, 'a group', onlyOnFifo(provider, 'group'))
  }
  const payload = payloads.encode(queue, 'input', data)
  return (trace) => {
    const carried = wrap(payload, { ...envelope, contract: contract.fingerprint, trace })
    refuseTooLarge(queue, carried, provider)
    return { ...job, data: carried }
  }
}

/** The job as the provider stores it. @throws as `checkJob` and what it returns. */
export function toOutgoingJob(...job: Parameters<typeof checkJob>): OutgoingJob {
  return checkJob(...job)()
}

/** Which queues of this provider can, when any can. */
function onlyOnFifo(
  { capabilities: { fifo } }: QueueProvider,
  capability: 'jobId' | 'group',
): string | undefined {
  return fifo?.can[capability] ? `Queues whose names end in ${fifo.suffix} have it.` : undefined
}

function refuseTooLarge(
  queue: string,
  carried: OutgoingJob['data'],
  { capabilities: { maxJobBytes, label } }: QueueProvider,
): void {
  if (maxJobBytes === Infinity) return
  const bytes = Buffer.byteLength(JSON.stringify(carried))
  if (bytes <= maxJobBytes) return
  throw new PikkuQueueError(
    errorCodes.payloadTooLarge,
    `a job for queue "${queue}" has ${bytes} bytes, and ${label} takes at most ${maxJobBytes}`,
    { hint: 'Store what is large elsewhere and add a reference to it.' },
  )
}

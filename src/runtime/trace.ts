import type { DeliveredJob, Outcome } from './provider.ts'

/** What continues a trace elsewhere: the headers that the registered propagator wrote. */
export type TraceCarrier = Record<string, string>

/** What spans say of where a job is. */
export interface Destination {
  /** The messaging system, as traces call it. */
  system: string
  queue: string
}

/** OpenTelemetry as far as queues need it: what `spans.ts` makes of its API. */
export interface Tracing {
  /** Sends in a span of its own, and hands on what continues its trace. Rejects as `send` does. */
  send<Ids extends string | string[]>(to: Destination, send: Send<Ids>): Promise<Ids>
  /** Runs an attempt in a span of its own, which continues the trace of who added the job. */
  process(
    attempt: { system: string; job: DeliveredJob; trace: TraceCarrier | undefined },
    run: () => Promise<Outcome>,
  ): Promise<Outcome>
}

export type Send<Ids> = (trace: TraceCarrier | undefined) => Promise<Ids>

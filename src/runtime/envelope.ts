import type { TraceCarrier } from './trace.ts'
import type { BackoffOptions, JsonValue } from './types.ts'
import { backoffProblem, numberProblem } from './worker-options.ts'

/**
 * What a job carries beside its payload: it travels as `{ "$pikku": options, "payload": … }`. A plain
 * payload is as good, so producers in other languages need to know nothing of us.
 */
export interface Envelope {
  /** Fingerprint of the contract that its producer was generated from. */
  contract?: string | undefined
  backoff?: BackoffOptions
  /** Milliseconds one attempt may take. */
  timeout?: number
  /** What continues the trace of its producer: headers such as W3C's `traceparent`. */
  trace?: TraceCarrier | undefined
  /** Queues that it was in before it was redriven into another: what is sensitive there is so here. */
  sources?: readonly string[] | undefined
}

const marker = '$pikku'
/** What W3C's baggage may take at most. */
const longestHeader = 8_192
/** More than anybody redrives one job through, and longer than any queue's name may be. */
const mostSources = 64
const longestName = 512

/** Wraps the payload when there is something to say, or when it could be taken for an envelope. */
export function wrap(payload: JsonValue, envelope: Envelope): JsonValue {
  const { contract, backoff, timeout, trace, sources = [] } = envelope
  const said = contract ?? backoff ?? timeout ?? trace ?? sources[0]
  if (said === undefined && !isWrapped(payload)) return payload
  const options: { [key: string]: JsonValue } = {}
  if (contract !== undefined) options.contract = contract
  if (backoff !== undefined) {
    const { type, ...parts } = backoff
    options.backoff = { type }
    for (const [name, part] of Object.entries(parts)) {
      if (part !== undefined) options.backoff[name] = part
    }
  }
  if (timeout !== undefined) options.timeout = timeout
  if (trace !== undefined) options.trace = trace
  if (sources.length > 0) options.sources = [...sources]
  return { [marker]: options, payload }
}

/** Takes the payload out again. Hostile options are left out, not believed. */
export function unwrap(data: unknown): { payload: unknown; envelope: Envelope } {
  if (!isWrapped(data)) return { payload: data, envelope: {} }
  const { contract, backoff, timeout, trace, sources }: Partial<Record<keyof Envelope, unknown>> =
    data[marker]
  const envelope: Envelope = {}
  if (isFingerprint(contract)) envelope.contract = contract
  if (isBackoff(backoff)) envelope.backoff = backoff
  if (isTimeout(timeout)) envelope.timeout = timeout
  if (isCarrier(trace)) envelope.trace = trace
  if (areSources(sources)) envelope.sources = sources
  return { payload: data.payload, envelope }
}

/**
 * The envelope with what a provider itself has to carry, for providers whose backend charges for every
 * other place. Undefined where there is no envelope.
 */
export function annotate(
  data: JsonValue,
  provider: string,
  note: JsonValue,
): JsonValue | undefined {
  if (!isWrapped(data)) return undefined
  return { [marker]: { ...data[marker], [provider]: note }, payload: data.payload }
}

/** What a provider carries in the envelope. Hostile. */
export function noteOf(data: unknown, provider: string): unknown {
  return isWrapped(data) ? Reflect.get(data[marker], provider) : undefined
}

/** Whatever it is, it comes from JSON. */
function isWrapped(data: unknown): data is { [marker]: object; payload: JsonValue } {
  return (
    typeof data === 'object' &&
    data !== null &&
    Object.keys(data).length === 2 &&
    'payload' in data &&
    marker in data &&
    typeof data[marker] === 'object' &&
    data[marker] !== null
  )
}

function isFingerprint(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value)
}

function isBackoff(value: unknown): value is BackoffOptions {
  return value !== undefined && backoffProblem(value) === null
}

function isTimeout(value: unknown): value is number {
  return numberProblem(value, { type: 'number', min: 1, max: 86_400_000 }) === null
}

/** A few headers of a few thousand characters, as the propagators write them. */
function isCarrier(value: unknown): value is TraceCarrier {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const headers = Object.entries(value)
  return (
    headers.length <= 16 &&
    headers.every(
      ([name, text]) =>
        name.length <= 64 && typeof text === 'string' && text.length <= longestHeader,
    )
  )
}

function areSources(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= mostSources &&
    value.every((name) => typeof name === 'string' && name.length <= longestName)
  )
}

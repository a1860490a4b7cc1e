import type { Outcome, QueueProvider } from './provider.ts'
import type { Destination, Send, Tracing } from './trace.ts'

/** The messaging system, as traces call it. */
export function systemOf({ name, capabilities }: QueueProvider): string {
  return capabilities.messagingSystem ?? name
}

/** Where every copy of `@opentelemetry/api` of its major version keeps what is registered. */
const registry = Symbol.for('opentelemetry.js.api.1')

/**
 * Whether an SDK is registered: all that a job costs where none is. The API is only loaded where one is,
 * and then it is there: the SDK needs it, too.
 */
export function isTraced(): boolean {
  const registered: unknown = Reflect.get(globalThis, registry)
  return typeof registered === 'object' && registered !== null && 'trace' in registered
}

let loading: Promise<Tracing | undefined> | undefined

/** Undefined when the API cannot be loaded from here: nothing is traced then. */
function loadTracing(): Promise<Tracing | undefined> {
  loading ??= Promise.all([import('@opentelemetry/api'), import('./spans.ts')]).then(
    ([api, { createTracing }]) => createTracing(api),
    () => undefined,
  )
  return loading
}

/** As `Tracing.send`, where `isTraced`. */
export async function traceSend<Ids extends string | string[]>(
  to: Destination,
  send: Send<Ids>,
): Promise<Ids> {
  const tracing = await loadTracing()
  return tracing ? tracing.send(to, send) : send(undefined)
}

/** As `Tracing.process`, where `isTraced`. */
export async function traceProcess(
  attempt: Parameters<Tracing['process']>[0],
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  const tracing = await loadTracing()
  return tracing ? tracing.process(attempt, run) : run()
}

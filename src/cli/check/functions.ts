import { capabilities, type ProviderName } from '../../runtime/capabilities.ts'
import { asksForSession, resultIgnored, type Diagnostic } from '../diagnostics.ts'
import type { QueueModel } from '../model.ts'

const nothing = ['void', 'undefined', 'never']
const words = { auth: 'auth: true', permissions: 'permissions' }

/** What a function promises or asks for that a queue, or a chosen provider, cannot honour. */
export function checkFunctions(
  queue: QueueModel,
  providers: readonly ProviderName[],
): Diagnostic[] {
  const { name, functionName, output, asksForSession: asks } = queue
  const session = asks ? [asksForSession(name, functionName, words[asks.what], asks.location)] : []
  if (nothing.includes(output.kind)) return session
  const results = providers
    .map((provider) => capabilities[provider])
    .filter(({ results }) => !results)
    .map(({ label }) => resultIgnored(name, functionName, label, queue.functionLocation))
  return [...session, ...results]
}

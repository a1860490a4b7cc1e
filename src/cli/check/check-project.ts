import { isError, nothingWired, type Diagnostic } from '../diagnostics.ts'
import type { ProjectModel } from '../model.ts'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { checkDeadLetters } from './dead-letters.ts'
import { checkFunctions } from './functions.ts'
import { checkNames } from './names.ts'
import { checkOptions } from './options.ts'

/** Applies every rule to what was found. Providers are those that workers are generated for. */
export function checkProject(
  model: ProjectModel,
  providers: readonly ProviderName[],
  found: readonly Diagnostic[],
): Diagnostic[] {
  // A wiring that could not be read is no reason to say that there is none.
  if (model.queues.length === 0) return found.some(isError) ? [] : [nothingWired()]
  return [
    ...checkNames(model, providers),
    ...model.queues.flatMap((queue) => checkOptions(queue, providers)),
    ...checkDeadLetters(model, providers),
    ...model.queues.flatMap((queue) => checkFunctions(queue, providers)),
  ]
}

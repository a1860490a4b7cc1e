import type { ProviderName } from './capabilities.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import { packageSpecs } from './provider-packages.ts'

/**
 * Where a built file says what has to be installed beside it, as `name@version` each: nothing else can be
 * missing there. `pikku build` writes it.
 */
export const neededBesides = 'pikku-queue.needs'

/** PKQ603, for what a provider needs and cannot find. */
export function missingPackage(
  provider: ProviderName,
  name: string,
  cause?: unknown,
): PikkuQueueError {
  const specs = specsOfBuild() ?? packageSpecs(provider)
  return new PikkuQueueError(
    errorCodes.missingPackage,
    `the provider ${provider} needs the package ${name}, which is not installed`,
    { hint: `Run: npm install ${specs.join(' ')}`, ...(cause !== undefined && { cause }) },
  )
}

/**
 * The same, of what a failed `import()` has thrown; that itself, where it is about something else.
 * @param usual what is taken to be missing where the error does not say
 */
export function importFailure(provider: ProviderName, usual: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (!(error instanceof Error) || !isMissing(code)) return error
  const [, name = usual] = /Cannot find (?:package|module) '([^']+)'/.exec(error.message) ?? []
  return missingPackage(provider, name, error)
}

const isMissing = (code: unknown) => code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'

function specsOfBuild(): string[] | undefined {
  const needs: unknown = Reflect.get(globalThis, Symbol.for(neededBesides))
  return Array.isArray(needs) ? needs.map(String) : undefined
}

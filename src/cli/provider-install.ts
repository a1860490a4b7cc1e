import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ProviderName } from '../runtime/capabilities.ts'
import { providerPackages } from '../runtime/provider-packages.ts'
import { isRecord } from './parse-json.ts'

export interface InstalledPackage {
  folder: string
  version: string
}

/** The project's own copy of this package; null where there is none. */
export const findOwnPackage = (root: string): InstalledPackage | null =>
  findPackage('pikku-queue', [root])

export interface ProviderPackage {
  name: string
  range: string
  /** Null when it is not installed. */
  version: string | null
}

/** What the provider runs on, as the runtime looks for it: from where it lies itself, else from the project. */
export function packagesOf(
  provider: ProviderName,
  root: string,
  own = findOwnPackage(root),
): ProviderPackage[] {
  const places = [...(own === null ? [] : [own.folder]), root]
  return Object.entries(providerPackages[provider]).map(([name, range]) => ({
    name,
    range,
    version: findPackage(name, places)?.version ?? null,
  }))
}

/** The package as Node finds it from one of the folders, the first that has it in sight. */
function findPackage(name: string, from: readonly string[]): InstalledPackage | null {
  const places = from.flatMap((folder) =>
    (createRequire(join(folder, 'any.js')).resolve.paths(name) ?? []).map((it) => join(it, name)),
  )
  const place = places.find((it) => existsSync(join(it, 'package.json')))
  if (place === undefined) return null
  const folder = realpathSync(place)
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const version = isRecord(manifest) ? manifest.version : undefined
  return { folder, version: typeof version === 'string' ? version : 'of no version' }
}

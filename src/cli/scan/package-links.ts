import { existsSync, realpathSync } from 'node:fs'
import type { ts } from 'ts-morph'
import { remembered } from '../remember.ts'
import { isInstalled } from './source-kinds.ts'

/** The folder of the package in `node_modules` that a path leads through; it may be a link. */
export const packageFolder = (path: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0]

/**
 * Which places in `node_modules` an import depends on though nothing may be installed there: the link by which a
 * package of the workspace was found; where nothing was found, packages that were not there, and files in links.
 * Absolute, with whether it was there when this was asked first.
 */
export const placesOfPackages = remembered(
  (lookUp: ts.ResolvedModuleWithFailedLookupLocations): [path: string, isThere: boolean][] => {
    const { resolvedModule } = lookUp
    if (!resolvedModule) return [...new Map(failedIn(lookUp).flatMap(placeOf))]
    const link = linkTo(resolvedModule)
    return link === undefined ? [] : [[link, true]]
  },
)

function placeOf(path: string): [string, boolean][] {
  const folder = packageFolder(path)
  if (folder === undefined) return []
  if (existsSync(folder)) return isInstalled(`${realpathSync(folder)}/`) ? [] : [[path, false]]
  const above = folder.slice(0, folder.lastIndexOf('/node_modules/')) + '/node_modules'
  return existsSync(above) ? [[folder, false]] : []
}

function linkTo(found: ts.ResolvedModuleFull): string | undefined {
  if (isInstalled(found.resolvedFileName) || !isLinked(found)) return undefined
  return packageFolder(found.originalPath)
}

/** The compiler keeps it for its own watch, of what it found by a link. */
const isLinked = (
  found: ts.ResolvedModule,
): found is ts.ResolvedModule & { originalPath: string } =>
  'originalPath' in found && typeof found.originalPath === 'string'

/** Where an import was looked for, and was not. */
export const failedIn = (found: ts.ResolvedModuleWithFailedLookupLocations): readonly string[] =>
  hasFailed(found) ? found.failedLookupLocations : []

/** The compiler keeps them for its own watch. */
const hasFailed = (
  found: ts.ResolvedModuleWithFailedLookupLocations,
): found is ts.ResolvedModuleWithFailedLookupLocations & { failedLookupLocations: string[] } =>
  'failedLookupLocations' in found && Array.isArray(found.failedLookupLocations)

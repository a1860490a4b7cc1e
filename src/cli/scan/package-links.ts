import { existsSync, realpathSync } from 'node:fs'
import type { ts } from 'ts-morph'
import { remembered } from '../remember.ts'
import { isInstalled } from './source-kinds.ts'

/** The folder of the package in `node_modules` that a path leads through; it may be a link. */
export const packageFolder = (path: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0]

/**
 * Where places in `node_modules` that an import depends on lead to, though nothing may be installed there: the link by
 * which a package of the workspace was found; where nothing was found, packages that were not there, and files in
 * links: they lead to ''. All absolute.
 */
export const placesOfPackages = remembered(
  (lookUp: ts.ResolvedModuleWithFailedLookupLocations): [path: string, target: string][] => {
    const { resolvedModule } = lookUp
    if (resolvedModule) return linkTo(resolvedModule)
    return [...new Map(failedIn(lookUp).flatMap(placeOf))]
  },
)

function placeOf(path: string): [string, ''][] {
  const folder = packageFolder(path)
  if (folder === undefined) return []
  if (existsSync(folder)) return isInstalled(`${realpathSync(folder)}/`) ? [] : [[path, '']]
  const above = folder.slice(0, folder.lastIndexOf('/node_modules/')) + '/node_modules'
  return existsSync(above) ? [[folder, '']] : []
}

function linkTo(found: ts.ResolvedModuleFull): [string, string][] {
  const { resolvedFileName: file } = found
  if (isInstalled(file) || !isLinked(found)) return []
  const link = packageFolder(found.originalPath)
  if (link === undefined) return []
  const inside = found.originalPath.slice(link.length)
  // By what was found, and not as it is by now.
  return [[link, file.endsWith(inside) ? file.slice(0, -inside.length) : realpathSync(link)]]
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

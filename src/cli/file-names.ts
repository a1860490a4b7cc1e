import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hash } from './hash.ts'
import { isPassedOver, mayMatter } from './project-files.ts'

/** Tells generated files from the user's; paths are relative to the root. */
export type IsGenerated = (path: string) => boolean

/**
 * The names of all files below a folder that a program may come to include, sorted, but for generated ones. Paths
 * are relative to the root, use forward slashes, and may lead out of it.
 * @param top relative to the root; the root itself by default
 */
export function fileNames(root: string, isGenerated: IsGenerated, top = ''): string[] {
  const names: string[] = []
  const pending = [top]
  const seen = new Set<string>()
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of entriesOf(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (isFolder(entry, root, path, seen)) {
        if (!isPassedOver(entry.name)) pending.push(path)
      } else if (mayMatter(entry.name) && !isGenerated(path)) {
        names.push(path)
      }
    }
  }
  return names.sort()
}

export const hashNames = (names: readonly string[]): string => hash(names.join('\n'))

/** Links to folders are followed, as the compiler's patterns do; each folder once. */
function isFolder(entry: Dirent, root: string, path: string, seen: Set<string>): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  try {
    const real = realpathSync(join(root, path))
    if (seen.has(real) || !statSync(real).isDirectory()) return false
    seen.add(real)
    return true
  } catch {
    return false
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

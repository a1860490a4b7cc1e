import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hash, noFile } from '../hash.ts'
import { isConfiguration, mayMatter } from '../project-files.ts'

/** Hash of a file's content. */
export function hashFile(path: string): string {
  try {
    return hash(withoutMark(readFileSync(path)))
  } catch {
    return noFile
  }
}

/** The scan never sees a byte order mark. */
const withoutMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes

export function hashFiles(root: string, paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path, hashFile(join(root, path))]))
}

/**
 * The names of a project's files that may matter, and the hash of each configuration among them. A
 * file that is new, gone or renamed shows here; what is in the others shows in their own hashes.
 * Paths are relative to the root and use forward slashes.
 */
export function listProject(
  root: string,
  isGenerated: (path: string) => boolean,
): { names: string; configurations: Record<string, string> } {
  const names: string[] = []
  const configurations: string[] = []
  const pending = ['']
  const seen = new Set<string>()
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of entriesOf(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (isFolder(entry, root, path, seen)) {
        // TypeScript's own patterns pass over both.
        if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) pending.push(path)
      } else if (mayMatter(entry.name) && !isGenerated(path)) {
        names.push(path)
        if (isConfiguration(entry.name)) configurations.push(path)
      }
    }
  }
  names.sort()
  return { names: hash(names.join('\n')), configurations: hashFiles(root, configurations.sort()) }
}

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

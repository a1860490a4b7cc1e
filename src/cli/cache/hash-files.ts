import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileNames, hashNames, type IsGenerated } from '../file-names.ts'
import { hash, noFile } from '../hash.ts'
import { isConfiguration } from '../project-files.ts'

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
 */
export function listProject(
  root: string,
  isGenerated: IsGenerated,
): { names: string; configurations: Record<string, string> } {
  const names = fileNames(root, isGenerated)
  const configurations = names.filter((path) => isConfiguration(posix.basename(path)))
  return { names: hashNames(names), configurations: hashFiles(root, configurations) }
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hash, noFile } from '../hash.ts'

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

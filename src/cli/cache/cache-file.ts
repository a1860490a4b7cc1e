import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hash } from '../hash.ts'

/**
 * What a file of the cache holds; undefined when it is not there, is damaged, or was written under another
 * key. Whether it has the right shape is for the reader to look at.
 */
export function loadCacheFile(path: string, key: string): unknown {
  try {
    const text = readFileSync(path, 'utf8')
    const end = text.indexOf('\n')
    const body = text.slice(end + 1)
    return text.slice(0, end) === headOf(key, body) ? JSON.parse(body) : undefined
  } catch {
    return undefined
  }
}

export function saveCacheFile(path: string, key: string, value: unknown): void {
  const body = JSON.stringify(value)
  replaceFile(join(dirname(path), '.gitignore'), '*\n')
  replaceFile(path, `${headOf(key, body)}\n${body}`)
}

/** Replaces a file of a cache as a whole, or not at all: it only saves time. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(temporary, content)
    renameSync(temporary, path)
  } catch {
    removeIfThere(temporary)
  }
}

/** It is only read under the key that it was written under, and only as it was written. */
const headOf = (key: string, body: string): string => `${key} ${hash(body)}`

/** Where a folder of the way is a file, not even that can be tried. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // It was never there.
  }
}

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'

/**
 * What a file of the project's cache holds; undefined as with `loadBytes`. Whether it has the right shape is for the
 * reader to look at.
 */
export function loadCacheFile(path: string, key: string): unknown {
  try {
    const body = loadBytes(path, key)
    return body && JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

export function saveCacheFile(path: string, key: string, value: unknown): void {
  replaceFile(join(dirname(path), '.gitignore'), Buffer.from('*\n'))
  saveBytes(path, key, Buffer.from(JSON.stringify(value)))
}

/**
 * @param key what the bytes hold for, in one line
 * @returns undefined when the file is not there, is damaged, or was written under another key
 */
export function loadBytes(path: string, key: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path)
    const end = bytes.indexOf('\n')
    const body = bytes.subarray(end + 1)
    return bytes.toString('utf8', 0, end) === headOf(key, body) ? body : undefined
  } catch {
    return undefined
  }
}

export function saveBytes(path: string, key: string, body: Buffer): void {
  replaceFile(path, Buffer.concat([Buffer.from(`${headOf(key, body)}\n`), body]))
}

/**
 * What finds damage, as in Node's own compile cache, need not withstand malice: whoever can write here can write what
 * is run.
 */
const headOf = (key: string, body: Buffer): string => `${crc32(body)} ${key}`

/** Replaces it as a whole, or not at all: it only saves time. */
function replaceFile(path: string, content: Buffer): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(temporary, content)
    renameSync(temporary, path)
  } catch {
    removeIfThere(temporary)
  }
}

/** Where a folder of the way is a file, not even that can be tried. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // It was never there.
  }
}

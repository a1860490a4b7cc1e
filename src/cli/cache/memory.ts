import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hash } from '../hash.ts'
import { saveCacheFile } from './cache-file.ts'

const memoryFile = join('.pikku', 'cache', 'units.json')

/**
 * What an earlier scan remembered of each file; undefined when it is damaged, or was written under
 * another key.
 */
export function loadMemory(root: string, key: string): unknown {
  try {
    const text = readFileSync(join(root, memoryFile), 'utf8')
    const end = text.indexOf('\n')
    const body = text.slice(end + 1)
    return text.slice(0, end) === headOf(key, body) ? JSON.parse(body) : undefined
  } catch {
    return undefined
  }
}

export function saveMemory(root: string, key: string, memory: unknown): void {
  const body = JSON.stringify(memory)
  saveCacheFile(join(root, memoryFile), `${headOf(key, body)}\n${body}`)
}

/** It is only read under the key that it was written under, and only as it was written. */
const headOf = (key: string, body: string): string => `${key} ${hash(body)}`

import { join } from 'node:path'
import { loadCacheFile, saveCacheFile } from './cache-file.ts'

const memoryFile = join('.pikku', 'cache', 'units.json')

/** What an earlier scan remembered of each file; undefined when nothing can be said. */
export const loadMemory = (root: string, key: string): unknown =>
  loadCacheFile(join(root, memoryFile), key)

export function saveMemory(root: string, key: string, memory: unknown): void {
  saveCacheFile(join(root, memoryFile), key, memory)
}

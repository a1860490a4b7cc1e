import { lstatSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FSWatcher } from 'chokidar'
import { isRecord } from '../parse-json.ts'

/**
 * Tells when a link within a watched folder has come to lead to another folder in one moment, which chokidar (5.0,
 * `_handleRead`) does not see: there is the same name as before.
 */
export function onRelinked(
  watcher: FSWatcher,
  isIgnored: (path: string) => boolean,
  onChange: () => void,
): void {
  watcher.on('raw', (event, name, details) => {
    const folder = isRecord(details) ? details.watchedPath : undefined
    if (event !== 'rename' || typeof folder !== 'string' || !name) return
    const path = join(folder, name)
    if (!isIgnored(path) && isLinkToFolder(path)) onChange()
  })
}

/** One that leads nowhere led to a folder, perhaps. */
function isLinkToFolder(path: string): boolean {
  try {
    if (!lstatSync(path).isSymbolicLink()) return false
    return !(statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
  } catch {
    return false
  }
}

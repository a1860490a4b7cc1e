import type { FSWatcher } from 'chokidar'
import { isRecord } from '../parse-json.ts'
import { lookAt } from './look.ts'

/**
 * Tells of changed files that chokidar (5.0, `_handleFile`) does not tell of, because they were written when they
 * were before: as by a tool that copies a file with its time, or sets that back. No program can do so with the
 * ctime. What chokidar tells of is told here, too.
 */
export function onKeptTimes(
  watcher: FSWatcher,
  matters: (path: string) => boolean,
  onChange: (path: string) => void,
): void {
  const changedMs = new Map<string, number>()
  watcher.on('raw', (_event, _name, details) => {
    const path = isRecord(details) ? details.watchedPath : undefined
    if (typeof path !== 'string' || !matters(path)) return
    const { kind, changedMs: now } = lookAt(path)
    if (kind !== 'file' || changedMs.get(path) === now) return
    changedMs.set(path, now)
    onChange(path)
  })
}

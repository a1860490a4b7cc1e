import { existsSync } from 'node:fs'
import { basename, relative, resolve, sep } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { isGeneratedFile } from '../generated-files.ts'
import {
  configFile,
  installationsAround,
  isConfiguration,
  isInstallation,
  isPassedOver,
  mayMatter,
} from '../project-files.ts'
import type { Reached } from '../reached.ts'
import { FoldersElsewhere } from './folders-elsewhere.ts'
import { onKeptTimes } from './kept-times.ts'
import { goneMs, type Changes, PendingChanges } from './pending-changes.ts'
import { Places } from './places.ts'
import { onRelinked } from './relinked.ts'

export interface FileWatch {
  /** Absolute. */
  root: string
  /** Where the generated files are, relative to the root: of them it matters only when one is gone. */
  outDir: () => string
  /**
   * Called at first, and again after changes, never twice at a time.
   * @returns what is to be watched from now on, too
   */
  onChange: (changes: Changes) => Promise<Reached>
  /** Hears why the system does not watch a file, of each reason once; all others are watched. */
  onTrouble: (error: unknown) => void
  signal: AbortSignal
}

/** Watches whatever a project's scan may depend on, until it is aborted. */
export async function watchFiles(options: FileWatch): Promise<void> {
  const { root, onChange, signal } = options
  const onTrouble = onceEach(options.onTrouble)
  const pending = new PendingChanges()
  const places = new Places({ root, onStir: pending.stir, onTrouble })
  const onNames = (path: string) => {
    if (matters(path)) pending.tell([path], true)
  }
  const folders = new FoldersElsewhere({ onNames, onRelinked: pending.relink, onTrouble })
  let inside: FSWatcher | undefined
  const look = async () => {
    for (const { path, isEdit } of places.moves()) {
      // The record of an installation is gone while another one is under way.
      if (isInstallation(path) && !existsSync(path)) continue
      pending.tell([path], !isEdit || decidesAll(path))
      if (folders.has(path)) pending.relink()
    }
    if (!pending.takeLinks()) return
    await Promise.all([inside?.close(), folders.reopen()])
    inside = await watchRoot({ ...options, onTrouble }, pending)
  }
  signal.addEventListener('abort', pending.stir)
  try {
    await look()
    while (!signal.aborted) {
      const changes = pending.take()
      if (changes) {
        const since = Date.now()
        const records = recordsAround(root)
        const { found, missing, folders: listed } = await onChange(changes)
        for (const [path, isThere] of records) places.add(path, isThere, since)
        for (const path of found) places.add(resolve(path), true, since)
        for (const path of missing) places.add(resolve(path), false, since)
        for (const path of listed) {
          places.add(resolve(path), existsSync(path), since)
          folders.add(resolve(path), since)
        }
      }
      await pending.settled()
      await look()
    }
  } finally {
    signal.removeEventListener('abort', pending.stir)
    places.close()
    await Promise.all([inside?.close(), folders.close()])
  }
}

/** Where the system watches too few files, each one more is refused for the same reason. */
function onceEach(onTrouble: FileWatch['onTrouble']): FileWatch['onTrouble'] {
  const told = new Set<unknown>()
  return (error) => {
    const reason = error instanceof Error && 'code' in error ? error.code : error
    if (!told.has(reason)) onTrouble(error)
    told.add(reason)
  }
}

/** Watches all that a walk through the project's folders comes by. */
async function watchRoot(
  { root, outDir, onTrouble, signal }: FileWatch,
  pending: PendingChanges,
): Promise<FSWatcher> {
  const pathFrom = (path: string) => relative(root, path).split(sep).join('/')
  const isGenerated = (path: string) => isGeneratedFile(outDir(), pathFrom(path))
  const isOnTheWay = (path: string) => `${outDir()}/`.startsWith(`${pathFrom(path)}/`)
  const isPassed = (path: string) => pathFrom(path).split('/').some(isPassedOver)
  const ignored = (path: string) => isPassed(path) && !isGenerated(path) && !isOnTheWay(path)
  const watcher = watch(root, {
    ignoreInitial: true,
    atomic: goneMs,
    ignored,
  })
  const heed = (event: string, path: string) => {
    if (event === 'addDir' || event === 'unlinkDir' || !matters(path)) return
    if (!isGenerated(path)) pending.tell([path], event !== 'change' || decidesAll(path))
    else if (event === 'unlink') pending.tell([], false)
  }
  watcher.on('all', heed)
  onKeptTimes(watcher, matters, (path) => {
    heed('change', path)
  })
  onRelinked(watcher, ignored, pending.relink)
  watcher.on('error', onTrouble)
  await new Promise<void>((resolve) => {
    watcher.once('ready', resolve)
    const stop = () => {
      resolve()
    }
    signal.addEventListener('abort', stop, { once: true })
  })
  return watcher
}

const matters = (path: string): boolean => mayMatter(basename(path)) || isInstallation(path)

const decidesAll = (path: string): boolean =>
  isConfiguration(basename(path)) || isInstallation(path) || basename(path) === configFile

/** Where installations are recorded, and whether they are: in folders above the root only where they are. */
function recordsAround(root: string): [path: string, isThere: boolean][] {
  return installationsAround(root)
    .map((way): [string, boolean] => [resolve(root, way), existsSync(resolve(root, way))])
    .filter(([path, isThere]) => isThere || path.startsWith(root))
}

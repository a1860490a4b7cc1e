import { basename, dirname, relative, sep } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { watch } from 'chokidar'
import { isGeneratedFile } from '../generated-files.ts'
import { configFile, installations, isConfiguration, mayMatter } from '../project-files.ts'
import { ctimeOf, onKeptTimes } from './kept-times.ts'

export interface Changes {
  /** Files with another text; absolute. */
  paths: string[]
  /** Files are new or gone, or a configuration has changed: nothing is as it was. */
  isWhole: boolean
}

export interface FileWatch {
  /** Absolute. */
  root: string
  /** Where the generated files are, relative to the root: of them it matters only when one is gone. */
  outDir: () => string
  /**
   * Called at first, and again after changes, never twice at a time.
   * @returns files and folders outside of the root that are to be watched too, whether they are there or not
   */
  onChange: (changes: Changes) => Promise<readonly string[]>
  /** Hears why the system does not watch a file; all others are watched. */
  onTrouble: (error: unknown) => void
  signal: AbortSignal
}

/**
 * Editors and version control write many files, and some of them twice, in a moment. Longer than the 50 ms
 * after a change in which chokidar (5.0, `_emit`) tells of no other of the same file: what it keeps quiet
 * about is on disk before it is read.
 */
const settleMs = 60

/** A file's time may be that much behind the clock: file systems keep the time of the last tick. */
const clockSlackMs = 100

/** Watches whatever a project's scan may depend on, until it is aborted. */
export async function watchFiles(options: FileWatch): Promise<void> {
  const { root, outDir, onChange, onTrouble, signal } = options
  const pathFrom = (path: string) => relative(root, path).split(sep).join('/')
  const isGenerated = (path: string) => isGeneratedFile(outDir(), pathFrom(path))
  const isOnTheWay = (path: string) => `${outDir()}/`.startsWith(`${pathFrom(path)}/`)
  const inside = watch(root, {
    ignoreInitial: true,
    atomic: true,
    ignored: (path) => isIgnored(pathFrom(path)) && !isGenerated(path) && !isOnTheWay(path),
  })
  // What lies elsewhere is known only after a run has read it: the first event tells what it is by then.
  const outside = watch([], {
    ignoreInitial: false,
    atomic: true,
    ignored: (path) => isIgnored(pathFrom(path)),
  })
  /** When the run began that read a file first, or listed a folder; in ms since the epoch. */
  const readSince = new Map<string, number>()
  const knownSince = (path: string): number | undefined =>
    readSince.get(path) ?? (dirname(path) === path ? undefined : knownSince(dirname(path)))
  const watched = new Set<string>()
  let changes: Changes = { paths: [], isWhole: true }
  let awake = Promise.withResolvers<void>()
  const matters = (path: string) => mayMatter(basename(path)) || isInstallation(basename(path))
  const heed = (event: string, path: string) => {
    if (event === 'addDir' || event === 'unlinkDir' || !matters(path)) return
    if (isGenerated(path)) {
      if (event === 'unlink') awake.resolve()
      return
    }
    changes.paths.push(path)
    if (event !== 'change' || decidesAll(basename(path))) changes.isWhole = true
    awake.resolve()
  }
  inside.on('all', heed)
  onKeptTimes(inside, matters, (path) => {
    heed('change', path)
  })
  outside.on('all', (event, path) => {
    const since = knownSince(path)
    if (since === undefined || watched.has(path)) {
      heed(event, path)
      return
    }
    watched.add(path)
    // Asked now: chokidar looked at the file before it began to watch it.
    const changedMs = ctimeOf(path)
    if (changedMs !== undefined && changedMs < since - clockSlackMs) return
    heed(readSince.has(path) ? 'change' : event, path)
  })
  const watchers = [inside, outside]
  for (const watcher of watchers) watcher.on('error', onTrouble)
  const stop = () => {
    awake.resolve()
  }
  signal.addEventListener('abort', stop)
  try {
    await new Promise<void>((resolve) => {
      inside.once('ready', resolve)
      signal.addEventListener('abort', () => {
        resolve()
      })
    })
    while (!signal.aborted) {
      const seen = changes
      const startedAt = Date.now()
      changes = { paths: [], isWhole: false }
      awake = Promise.withResolvers()
      const others = (await onChange(seen)).filter((path) => !readSince.has(path))
      for (const path of others) readSince.set(path, startedAt)
      outside.add(others)
      await awake.promise
      await wait(settleMs)
    }
  } finally {
    signal.removeEventListener('abort', stop)
    await Promise.all(watchers.map((watcher) => watcher.close()))
  }
}

const isIgnored = (path: string): boolean =>
  path.split('/').some((part) => part === 'node_modules' || /^\.(?!\.?$)/.test(part))

const isInstallation = (name: string): boolean => installations.includes(name)

const decidesAll = (name: string): boolean =>
  isConfiguration(name) || isInstallation(name) || name === configFile

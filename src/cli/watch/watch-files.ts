import { relative, sep } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { watch } from 'chokidar'

export interface Changes {
  /** Files with another text; absolute. */
  paths: string[]
  /** Files are new or gone, or a configuration has changed: nothing is as it was. */
  isWhole: boolean
}

export interface FileWatch {
  /** Absolute. */
  root: string
  /** Tells files that nobody wrote by hand; paths are relative to the root. */
  isGenerated: (path: string) => boolean
  /**
   * Called at first, and again after changes, never twice at a time.
   * @returns files outside of the root that are to be watched too
   */
  onChange: (changes: Changes) => Promise<readonly string[]>
  signal: AbortSignal
}

/**
 * Editors and version control write many files, and some of them twice, in a moment. Longer than the 50 ms
 * after a change in which chokidar (5.0, `_emit`) tells of no other of the same file: what it keeps quiet
 * about is on disk before it is read.
 */
const settleMs = 60

/** Watches whatever a project's scan may depend on, until it is aborted. */
export async function watchFiles(options: FileWatch): Promise<void> {
  const { root, isGenerated, onChange, signal } = options
  const pathFrom = (path: string) => relative(root, path).split(sep).join('/')
  const watcher = watch(root, {
    ignoreInitial: true,
    atomic: true,
    ignored: (path) => isIgnored(pathFrom(path)) || isGenerated(pathFrom(path)),
  })
  let changes: Changes = { paths: [], isWhole: true }
  let awake = Promise.withResolvers<void>()
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir') return
    const name = path.slice(path.lastIndexOf(sep) + 1)
    if (!mayMatter.test(name)) return
    changes.paths.push(path)
    if (event !== 'change' || isConfiguration.test(name)) changes.isWhole = true
    awake.resolve()
  })
  const stop = () => {
    awake.resolve()
  }
  signal.addEventListener('abort', stop)
  try {
    await new Promise<void>((resolve) => {
      watcher.once('ready', resolve)
      signal.addEventListener('abort', () => {
        resolve()
      })
    })
    while (!signal.aborted) {
      const seen = changes
      changes = { paths: [], isWhole: false }
      awake = Promise.withResolvers()
      watcher.add([...(await onChange(seen))])
      await awake.promise
      await wait(settleMs)
    }
  } finally {
    signal.removeEventListener('abort', stop)
    await watcher.close()
  }
}

const isIgnored = (path: string): boolean =>
  path.split('/').some((part) => part === 'node_modules' || /^\.(?!\.?$)/.test(part))

/** Sources, configurations, and what package managers write when they install. */
const mayMatter = /\.(?:[cm]?[jt]s|[jt]sx|json|lock)$|^pnpm-lock\.yaml$/
const isConfiguration =
  /^(?:package\.json|tsconfig.*\.json|pikku\.config\.json|package-lock\.json|pnpm-lock\.yaml|.*\.lock)$/

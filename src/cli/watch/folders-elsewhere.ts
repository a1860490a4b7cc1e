import { existsSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { isPassedOver } from '../project-files.ts'
import { isOther, lookAsKnown, lookAt } from './look.ts'
import { goneMs } from './pending-changes.ts'
import { onRelinked } from './relinked.ts'

interface FoldersOptions {
  /** A file is new there, or gone. */
  onNames: (path: string) => void
  /** A link there leads to another folder. */
  onRelinked: () => void
  /** Hears why the system does not watch something. */
  onTrouble: (error: unknown) => void
}

/** Watches which files are in folders that are not the project's. What is in the files is none of its business. */
export class FoldersElsewhere {
  readonly #options: FoldersOptions
  /** Absolute, and a time before each was listed, in ms since the epoch. */
  readonly #since = new Map<string, number>()
  readonly #seen = new Set<string>()
  #watcher: FSWatcher

  constructor(options: FoldersOptions) {
    this.#options = options
    this.#watcher = this.#open()
  }

  has(folder: string): boolean {
    return this.#since.has(folder)
  }

  /** @param since a time before it was listed, in ms since the epoch: what is newer has not been seen */
  add(folder: string, since: number): void {
    if (this.has(folder)) return
    this.#since.set(folder, since)
    if (existsSync(folder)) this.#watcher.add(folder)
  }

  /** Follows the folders and links that are there by now. What is in them is to be listed after. */
  async reopen(): Promise<void> {
    if (this.#since.size === 0) return
    await this.close()
    this.#seen.clear()
    this.#watcher = this.#open()
    const folders = [...this.#since.keys()]
    this.#since.clear()
    for (const folder of folders) this.add(folder, Date.now())
  }

  close(): Promise<void> {
    return this.#watcher.close()
  }

  #open(): FSWatcher {
    const { onNames, onTrouble } = this.#options
    const ignored = (path: string) => {
      const folder = this.#folderOf(path)
      return folder !== undefined && relative(folder, path).split(sep).some(isPassedOver)
    }
    // It tells of all that is there when it begins: only a file's time says whether it was there when it was listed.
    const watcher = watch([], { ignoreInitial: false, atomic: goneMs, ignored })
    watcher.on('unlink', onNames)
    watcher.on('add', (path) => {
      if (!this.#isKnown(path)) onNames(path)
      this.#seen.add(path)
    })
    watcher.on('error', onTrouble)
    onRelinked(watcher, ignored, this.#options.onRelinked)
    return watcher
  }

  #isKnown(path: string): boolean {
    const folder = this.#folderOf(path)
    const since = folder === undefined ? undefined : this.#since.get(folder)
    if (since === undefined || this.#seen.has(path)) return false
    const now = lookAt(path)
    return !isOther(lookAsKnown(now, true, since), now)
  }

  #folderOf(path: string): string | undefined {
    return [...this.#since.keys()].find((it) => path === it || path.startsWith(it + sep))
  }
}

import { type FSWatcher, watch } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { type Look, isOther, lookAsKnown, lookAt } from './look.ts'

/** What has become of a place. */
export interface Move {
  path: string
  /** A file as before, with another text, rather than something new, something else or nothing. */
  isEdit: boolean
}

interface PlacesOptions {
  /** Absolute. Of the folders above, the first that holds both it and a place is watched too, and none beyond. */
  root: string
  /** Something may have become of a place. */
  onStir: () => void
  /** Hears why the system does not watch a folder. */
  onTrouble: (error: unknown) => void
}

/**
 * Watches single files and folders wherever they are, or are not yet. It watches each folder on the way to them,
 * for what happens to the next name: so a file is replaced, a folder is renamed and a link leads elsewhere, all in
 * one moment. It looks when it is asked: what was gone in between has not been gone.
 */
export class Places {
  readonly #options: PlacesOptions
  readonly #looks = new Map<string, Look>()
  /** By folder: the places that each name in it leads to. Folders come after those that they are in. */
  readonly #ways = new Map<string, Map<string, Set<string>>>()
  readonly #watchers = new Map<string, FSWatcher>()
  /** Something may have become of them. */
  readonly #stirred = new Set<string>()

  constructor(options: PlacesOptions) {
    this.#options = options
  }

  /**
   * Watches a place from now on, unless it does already.
   * @param path absolute
   * @param wasThere whether there was anything when it was asked for
   * @param since a time before that, in ms since the epoch: what happened after it has not been seen
   */
  add(path: string, wasThere: boolean, since: number): void {
    if (this.#looks.has(path)) return
    for (const [folder, name] of this.#wayTo(path)) {
      let names = this.#ways.get(folder)
      if (!names) {
        this.#ways.set(folder, (names = new Map<string, Set<string>>()))
        this.#watch(folder)
      }
      names.set(name, (names.get(name) ?? new Set<string>()).add(path))
    }
    const now = lookAt(path)
    const known = lookAsKnown(now, wasThere, since)
    this.#looks.set(path, known)
    if (isOther(known, now)) this.#stir([path])
  }

  /** What has become of the places since they were looked at last. */
  moves(): Move[] {
    const moves: Move[] = []
    for (const path of this.#stirred) {
      const [known, now] = [this.#looks.get(path), lookAt(path)]
      this.#looks.set(path, now)
      if (!known || !isOther(known, now)) continue
      moves.push({ path, isEdit: known.kind === 'file' && now.kind === 'file' })
    }
    this.#stirred.clear()
    return moves
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  /** Each folder that leads there, from above, with the next name. */
  #wayTo(path: string): [folder: string, name: string][] {
    const way: [string, string][] = []
    for (let here = path; here !== dirname(here); here = dirname(here)) {
      const folder = dirname(here)
      way.unshift([folder, relative(folder, here)])
      if (isBelow(folder, this.#options.root)) break
    }
    return way
  }

  /** Anew, where it was watched: by that name there may be another folder. */
  #watch(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
    const { onTrouble } = this.#options
    try {
      const watcher = watch(folder, (event, name) => {
        this.#onEvent(folder, event, name)
      })
      watcher.on('error', onTrouble)
      this.#watchers.set(folder, watcher)
    } catch (error) {
      // One that comes to be there is an event of the folder that it is in.
      if (!isAbsence(error)) onTrouble(error)
    }
  }

  #onEvent(folder: string, event: string, name: string | null): void {
    const names = this.#ways.get(folder)
    for (const each of name === null ? (names?.keys() ?? []) : [name]) {
      const paths = names?.get(each)
      if (!paths) continue
      const path = join(folder, each)
      if (event === 'rename') {
        for (const below of this.#ways.keys()) if (isBelow(path, below)) this.#watch(below)
      }
      this.#stir(paths)
    }
  }

  #stir(paths: Iterable<string>): void {
    for (const path of paths) this.#stirred.add(path)
    this.#options.onStir()
  }
}

/** A folder is below itself here. */
const isBelow = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

const isAbsence = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code))

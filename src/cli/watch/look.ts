import { statsOf } from '../stats-of.ts'

/** What is at a path, as far as that can be told without reading it. */
export interface Look {
  kind: 'file' | 'folder' | 'nothing'
  /** Which one it is, and of a file how it was written; links are followed. */
  mark: string
  /** When anything of a file has changed last, in ms since the epoch; no program can set it. */
  changedMs: number
}

const nothing: Look = { kind: 'nothing', mark: '', changedMs: 0 }

/** A file's time may be that much behind the clock: file systems keep the time of the last tick. */
const clockSlackMs = 100

export function lookAt(path: string): Look {
  const stats = statsOf(path)
  if (stats === undefined) return nothing
  const { dev, ino, birthtimeMs, size, mtimeMs, ctimeMs } = stats
  if (!stats.isFile()) {
    return { kind: 'folder', mark: [dev, ino, birthtimeMs].join(' '), changedMs: 0 }
  }
  return { kind: 'file', mark: [dev, ino, size, mtimeMs, ctimeMs].join(' '), changedMs: ctimeMs }
}

export const isOther = (one: Look, other: Look): boolean =>
  one.kind !== other.kind || one.mark !== other.mark

/**
 * How something may be taken to have looked when it was read.
 * @param now how it looks by now
 * @param wasThere whether there was anything
 * @param since a time before it was read, in ms since the epoch
 */
export function lookAsKnown(now: Look, wasThere: boolean, since: number): Look {
  if (!wasThere) return nothing
  const isSeen =
    now.kind === 'folder' || (now.kind === 'file' && now.changedMs < since - clockSlackMs)
  return isSeen ? now : { kind: 'file', mark: 'another', changedMs: 0 }
}

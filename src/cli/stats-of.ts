import { type Stats, statSync } from 'node:fs'

const silently = { throwIfNoEntry: false } as const

/** Of what a path leads to, by links too. Undefined where that is nothing. */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, silently)
  } catch {
    // A file is where a folder of its path was, or a link leads in a circle.
    return undefined
  }
}

/**
 * By what a file is told from one that was written since: its size, its inode, and in milliseconds when it was written
 * and when anything of it changed (ctime, which no program can set).
 */
export const looksOf = ({ size, ino, mtimeMs, ctimeMs }: Stats): number[] => [
  size,
  ino,
  mtimeMs,
  ctimeMs,
]

/** @param at where in a list of many the looks begin */
export const looksAs = (looks: readonly number[], stats: Stats, at = 0): boolean =>
  looks[at] === stats.size &&
  looks[at + 1] === stats.ino &&
  looks[at + 2] === stats.mtimeMs &&
  looks[at + 3] === stats.ctimeMs

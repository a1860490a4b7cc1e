import { type Stats, statSync } from 'node:fs'
import { noFile } from '../hash.ts'
import { hashFile } from './hash-files.ts'

/**
 * What is known of a file: the hash of what it held and, where that can be said, how it looked then: its size,
 * its inode, and in milliseconds when it was written and when anything of it changed (ctime, which no program
 * can set). A file that looks the same holds the same, as git's index has it, and is not read.
 */
export type Fact =
  | readonly [hash: string]
  | readonly [hash: string, size: number, inode: number, writtenMs: number, changedMs: number]

/**
 * Written twice within one tick of its file system's clock, a file can look the same. The longest tick is that
 * of FAT: two seconds.
 */
const settleMs = 3_000

/**
 * Whether a file still holds what it held.
 * @param toRead called when that takes reading it
 */
export function holds(path: string, known: Fact, toRead: () => void): boolean {
  const stats = statsOf(path)
  if (stats === undefined) return known[0] === noFile
  if (looksAs(known, stats)) return true
  toRead()
  return known[0] === hashFile(path)
}

const looksAs = (known: Fact, stats: Stats): boolean =>
  known[1] === stats.size &&
  known[2] === stats.ino &&
  known[3] === stats.mtimeMs &&
  known[4] === stats.ctimeMs

/**
 * @param hash of what the file held when it was read
 * @param at a time before that, in milliseconds since the epoch: a file that has not changed since a while
 * before then looked as it does now.
 */
export function factOf(path: string, hash: string, at: number): Fact {
  const stats = statsOf(path)
  return stats && Math.max(stats.mtimeMs, stats.ctimeMs) <= at - settleMs
    ? [hash, stats.size, stats.ino, stats.mtimeMs, stats.ctimeMs]
    : [hash]
}

const silently = { throwIfNoEntry: false } as const

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, silently)
  } catch {
    // A file is where a folder of its path was.
    return undefined
  }
}

export function isFact(value: unknown): value is Fact {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false
  return value.length === 1 || (value.length === 5 && value.every(isNumberAfter))
}

const isNumberAfter = (it: unknown, index: number): boolean => index === 0 || typeof it === 'number'

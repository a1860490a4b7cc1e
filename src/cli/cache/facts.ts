import { noFile } from '../hash.ts'
import { isRecord, isTexts } from '../parse-json.ts'
import { looksAs, looksOf, statsOf } from '../stats-of.ts'
import { hashFile } from './hash-files.ts'

/**
 * What is known of files: the hash of what each held and, where that can be said, how it looked then. A file that
 * looks the same holds the same, as git's index has it, and is not read. In columns, as a few long lists are read
 * several times as fast as thousands of short ones.
 */
export interface Facts {
  /** Relative to the root. */
  paths: string[]
  hashes: string[]
  /** Four for each, as `looksOf` says them; of a file that was young, `unknownLooks`. */
  looks: number[]
}

/** No file has a size below zero. */
const unknownLooks = [-1, 0, 0, 0] as const

/**
 * Written twice within one tick of its file system's clock, a file can look the same. The longest tick is that
 * of FAT: two seconds.
 */
const settleMs = 3_000

/**
 * Whether all files still hold what they held.
 * @returns null where one does not; otherwise the indices of those that had to be read to say so
 */
export function readToHold(root: string, { paths, hashes, looks }: Facts): number[] | null {
  const read: number[] = []
  // The system finds a file sooner by a shorter path.
  const start = root === process.cwd() ? '' : `${root}/`
  for (const [index, path] of paths.entries()) {
    const known = hashes[index]
    const stats = statsOf(start + path)
    if (stats === undefined) {
      if (known !== noFile) return null
    } else if (!looksAs(looks, stats, index * 4)) {
      if (known !== hashFile(start + path)) return null
      read.push(index)
    }
  }
  return read
}

/**
 * @param contents the hash of what each file held when it was read, by path
 * @param at a time before that, in milliseconds since the epoch: a file that has not changed since a while
 * before then looked as it does now.
 */
export function factsOf(root: string, contents: ReadonlyMap<string, string>, at: number): Facts {
  const paths = [...contents.keys()]
  return {
    paths,
    hashes: [...contents.values()],
    looks: paths.flatMap((path) => settledLooks(`${root}/${path}`, at)),
  }
}

/** With the looks of the files at the indices as they are by now; the same facts where that teaches nothing. */
export function withLooks(root: string, facts: Facts, indices: number[], at: number): Facts {
  const looks = [...facts.looks]
  for (const index of indices) {
    const path = facts.paths[index] ?? ''
    looks.splice(index * 4, 4, ...settledLooks(`${root}/${path}`, at))
  }
  return indices.some((index) => looks[index * 4] !== unknownLooks[0]) ? { ...facts, looks } : facts
}

function settledLooks(path: string, at: number): readonly number[] {
  const stats = statsOf(path)
  return stats && Math.max(stats.mtimeMs, stats.ctimeMs) <= at - settleMs
    ? looksOf(stats)
    : unknownLooks
}

export const isFacts = (value: unknown): value is Facts =>
  isRecord(value) &&
  isTexts(value.paths) &&
  isTexts(value.hashes) &&
  isNumbers(value.looks) &&
  value.hashes.length === value.paths.length &&
  value.looks.length === value.paths.length * 4

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((it) => typeof it === 'number')

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

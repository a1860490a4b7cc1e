/**
 * Takes our own frames and Node's off the end of a stack, down to the last of the user's: what is below that is how
 * their function came to be called, and is the same for every job. A stack without a frame of theirs stays whole.
 */
export function withoutOwnFrames(stack: string): string {
  const folder = ownFolder()
  if (folder === undefined) return stack
  const lines = stack.split('\n')
  const isUsers = (line: string) =>
    isFrame(line) && hasPlace(line) && !line.includes(folder) && !/[ (]node:/.test(line)
  const last = lines.findLastIndex(isUsers)
  return last >= 0 && lines.slice(last).every(isFrame) ? lines.slice(0, last + 1).join('\n') : stack
}

const isFrame = (line: string): boolean => /^\s+at /.test(line)

/** What the engine has of itself has none: `at new Promise (<anonymous>)`. */
const hasPlace = (line: string): boolean => /:\d+:\d+\)?$/.test(line)

let known: string | undefined

/**
 * The folder that this file is in, as stacks have it: with source maps, too, that is where it came from, and in a
 * bundle without them there is none. Looked for when it is first needed: reading a stack may take reading a source map.
 */
function ownFolder(): string | undefined {
  known ??= /\((.*[\\/])own-frames\.[jt]s:\d+:\d+\)$/m.exec(new Error().stack ?? '')?.[1]
  return known
}

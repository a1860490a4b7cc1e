/** What the core measures time by; the test kit brings one that stands still. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back once, in so many milliseconds. Returns what calls it off. */
  after(ms: number, callback: () => void): () => void
}

const longestTimerMs = 2 ** 31 - 1

/** Real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    let timer: NodeJS.Timeout
    const wait = (leftMs: number) => {
      timer = setTimeout(
        () => {
          if (leftMs > longestTimerMs) wait(leftMs - longestTimerMs)
          else callback()
        },
        Math.min(leftMs, longestTimerMs),
      )
    }
    wait(ms)
    return () => {
      clearTimeout(timer)
    }
  },
}

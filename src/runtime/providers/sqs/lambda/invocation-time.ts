/** So much of an invocation is kept for ending it, at most: in milliseconds, and as a share. */
const longestMarginMs = 2_000
const marginShare = 0.2

/** The time that an invocation has, and its last moments. */
export class InvocationTime {
  /** On the clock of `performance.now()`: the answer has to be given by then. */
  readonly answerBy: number
  readonly #timers: NodeJS.Timeout[]
  readonly #windDown = new AbortController()
  readonly #breakOff = new AbortController()

  /** @param remainingMs until Lambda stops the process. */
  constructor(remainingMs: number) {
    const marginMs = Math.min(longestMarginMs, remainingMs * marginShare)
    const end = performance.now() + remainingMs
    this.answerBy = end - marginMs / 8
    this.#timers = [
      abortIn(this.#windDown, remainingMs - marginMs),
      abortIn(this.#breakOff, remainingMs - marginMs / 2),
    ]
  }

  /** Functions are told to end, and none is begun any more. */
  get windDown(): AbortSignal {
    return this.#windDown.signal
  }

  /** Functions that have not ended are not waited for. */
  get breakOff(): AbortSignal {
    return this.#breakOff.signal
  }

  get leftMs(): number {
    return Math.max(0, this.answerBy - performance.now())
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}

function abortIn(controller: AbortController, ms: number): NodeJS.Timeout {
  return setTimeout(() => controller.abort(), Math.max(0, ms))
}

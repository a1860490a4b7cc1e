const firstMs = 1_000
const longestMs = 30_000
/** What has lived for so long has not failed at its start. */
const soundAfterMs = 10_000

/** How long what ended by itself is left alone: longer each time, until it has lived for a while. */
export class RestartPause {
  #nextMs = firstMs

  /** @param livedMs how long it had run. @returns ms */
  after(livedMs: number): number {
    const pauseMs = livedMs > soundAfterMs ? firstMs : this.#nextMs
    this.#nextMs = Math.min(longestMs, pauseMs * 2)
    return pauseMs
  }

  /** It is another one now. */
  forget(): void {
    this.#nextMs = firstMs
  }
}

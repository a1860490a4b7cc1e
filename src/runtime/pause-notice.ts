import type { Logger } from './types.ts'

/** Says that a worker's queue is paused, and that it goes on: once each time. */
export class PauseNotice {
  readonly #about: { queue: string; worker: string }
  readonly #logger: Logger
  #paused = false

  constructor(about: { queue: string; worker: string }, logger: Logger) {
    this.#about = about
    this.#logger = logger
  }

  note(paused: boolean): void {
    if (paused === this.#paused) return
    this.#paused = paused
    const message = paused
      ? 'the queue is paused: no jobs are taken until it is resumed'
      : 'the queue goes on'
    this.#logger.info(message, this.#about)
  }
}

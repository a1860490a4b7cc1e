import type { Logger } from './types.ts'

const shown = 5

/** Says once what a queue's function returns beyond its type, which nobody will get. */
export class WiderNotice {
  readonly #queue: string
  readonly #logger: Logger
  #said = false

  constructor(queue: string, logger: Logger) {
    this.#queue = queue
    this.#logger = logger
  }

  /** @param paths of the properties that were left out */
  note(paths: readonly string[]): void {
    if (this.#said) return
    this.#said = true
    const more = paths.length > shown ? ` and ${paths.length - shown} more` : ''
    this.#logger.warn('properties that the type of the result does not have are left out of it', {
      queue: this.#queue,
      properties: paths.slice(0, shown).join(', ') + more,
    })
  }
}

import type { Logger } from './types.ts'

const shown = 5

/** Says once what a queue's function returns, or tells, beyond its type: nobody will get it. */
export class WiderNotice {
  readonly #queue: string
  readonly #logger: Logger
  readonly #said = new Set<'output' | 'progress'>()

  constructor(queue: string, logger: Logger) {
    this.#queue = queue
    this.#logger = logger
  }

  /** @param paths of the properties that were left out */
  note(side: 'output' | 'progress', paths: readonly string[]): void {
    if (this.#said.has(side)) return
    this.#said.add(side)
    const what = side === 'output' ? 'the result' : 'its progress'
    const more = paths.length > shown ? ` and ${paths.length - shown} more` : ''
    this.#logger.warn(`properties that the type of ${what} does not have are left out of it`, {
      queue: this.#queue,
      properties: paths.slice(0, shown).join(', ') + more,
    })
  }
}

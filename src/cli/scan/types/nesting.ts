/** How far types may lead from one to the next at once: the stack has room for some hundreds. */
const maxNested = 64

/** Does work within work, as far as there is stack for it; the rest when all around it is done. */
export class Nesting {
  #nested = 0
  readonly #waiting: (() => void)[] = []

  /** At once, or before `finish` ends. */
  do(work: () => void): void {
    if (this.#nested >= maxNested) {
      this.#waiting.push(work)
      return
    }
    this.#nested += 1
    work()
    this.#nested -= 1
  }

  finish(): void {
    for (let work = this.#waiting.shift(); work; work = this.#waiting.shift()) this.do(work)
  }
}

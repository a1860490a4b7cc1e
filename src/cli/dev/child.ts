import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Output, reportLine } from '../report.ts'

export interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
}

export const outcomeOf = ({ code, signal }: Ending): string =>
  signal ?? `exit code ${code ?? 'unknown'}`

/** For output after its end: what it has started may outlive it, and hold that open for ever. */
const lastWordsMs = 1_000

/** As they are written, or built. */
const language = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/** Another process of ours, whose output is shown beside that of others. It ends when we do. */
export class Child {
  readonly ended: Promise<Ending>
  readonly #process: ChildProcess
  #timer: NodeJS.Timeout | undefined

  /**
   * @param main which of the files beside this one it runs
   * @param onMessage called with what it sends
   */
  constructor(
    main: 'worker-process' | 'command-process',
    args: readonly string[],
    output: Output,
    onMessage: (message: unknown) => void = () => undefined,
  ) {
    const file = fileURLToPath(new URL(`${main}.${language}`, import.meta.url))
    const child = spawn(process.execPath, [file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A Ctrl+C of the terminal is ours alone: we pass it on, in order.
      detached: process.platform !== 'win32',
    })
    this.#process = child
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface(stream).on('line', (line) => {
        reportLine(line, output)
      })
    }
    child.on('message', onMessage)
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => {
        reportLine(error.message, output)
        resolve({ code: 1, signal: null })
      })
      child.once('exit', (code, signal) => {
        clearTimeout(this.#timer)
        const hangUp = setTimeout(() => {
          child.stdout?.destroy()
          child.stderr?.destroy()
        }, lastWordsMs)
        // After its last output.
        child.once('close', () => {
          clearTimeout(hangUp)
          resolve({ code, signal })
        })
      })
    })
  }

  /**
   * Asks it to end, once, and kills it when it has not after `patienceMs`.
   * @param notice sent instead of the signal, which it then gives itself
   */
  stop(patienceMs: number, notice?: string): void {
    if (this.#timer) return
    const signal = () => this.#process.kill('SIGTERM')
    if (notice === undefined || !this.#process.connected) signal()
    else this.#process.send(notice, (error) => error && signal())
    this.#timer = setTimeout(() => {
      this.kill()
    }, patienceMs)
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }
}

import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { WorkerOrder } from './work.ts'

const script = fileURLToPath(new URL('worker-main.ts', import.meta.url))
/** Many are started one after another; with it, each takes half of the time. */
const compileCache = fileURLToPath(
  new URL('../../node_modules/.cache/pikku-faults', import.meta.url),
)

/** A real worker process; see worker-main.ts. */
export class WorkerProcess {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #ended: Promise<number | NodeJS.Signals>

  constructor(order: WorkerOrder, args: string[], log: (line: string) => void) {
    const child = fork(script, args, {
      execArgv: [],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    if (child.pid === undefined) throw new Error('the worker process could not be started')
    this.#child = child
    this.pid = child.pid
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface(stream).on('line', (line) => log(`(${this.pid}) ${line}`))
    }
    this.#ended = new Promise((resolve) => {
      child.on('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
    })
    child.send(order)
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Resolves with its exit code, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals> {
    return this.#ended
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.#ended
  }
}

import { createServer } from 'node:net'
import { type Output, reportLine } from '../report.ts'
import { Child } from './child.ts'

export interface DashboardOptions {
  port: number
  output: Output
}

const patienceMs = 5_000

/**
 * The dashboard beside the worker, in a process of its own: it shows the queues that it found when it
 * started.
 */
export class DashboardProcess {
  readonly #options: DashboardOptions
  #child: Child | undefined
  #port: number | undefined
  #shown: string | undefined
  #stopping = false
  #work: Promise<void> = Promise.resolve()

  constructor(options: DashboardOptions) {
    this.#options = options
  }

  /** Starts it, soon; anew where it shows another provider, or queues that have changed. */
  show(provider: string, haveChanged: boolean): void {
    if (provider === this.#shown && !haveChanged) return
    this.#shown = provider
    this.#work = this.#work.then(() => this.#restart(provider))
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#work
    await this.#end()
  }

  kill(): void {
    this.#child?.kill()
  }

  async #restart(provider: string): Promise<void> {
    await this.#end()
    if (this.#stopping) return
    const { output } = this.#options
    this.#port ??= await this.#choosePort()
    const args = ['dashboard', '--provider', provider, '--port', String(this.#port)]
    const child = new Child('command-process', args, output)
    this.#child = child
    void child.ended.then(({ code }) => {
      if (this.#child !== child) return
      this.#child = undefined
      reportLine(`it ended with exit code ${code ?? 'unknown'}`, output)
    })
  }

  async #end(): Promise<void> {
    const child = this.#child
    child?.stop(patienceMs)
    // From here on, its end is no news.
    this.#child = undefined
    await child?.ended
  }

  async #choosePort(): Promise<number> {
    const { port, output } = this.#options
    const taken = await freePort(port)
    if (port !== 0 && taken !== port) reportLine(`port ${port} is taken; using ${taken}`, output)
    return taken
  }
}

/** This port of the loopback address if it is free at this moment, else any that is. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => {
      if (wanted === 0) reject(error)
      else resolve(freePort(0))
    })
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : wanted
      probe.close(() => {
        resolve(port)
      })
    })
  })
}

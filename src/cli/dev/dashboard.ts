import { createServer } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { type Output, reportLine } from '../report.ts'
import { Child, outcomeOf } from './child.ts'
import { RestartPause } from './restart-pause.ts'

export interface DashboardOptions {
  port: number
  output: Output
  /** Is there something missing without which none can start? */
  isHopeless: () => boolean
}

/** What the dashboard reads once, when it starts. */
export interface DashboardView {
  provider: string
  /** What else decides what it shows, and what it hides; as text. */
  settings: string
}

const patienceMs = 5_000

/**
 * The dashboard beside the worker, in a process of its own: it shows the queues that it found when it
 * started. When it ends by itself, as where its server is away, it is started again.
 */
export class DashboardProcess {
  readonly #options: DashboardOptions
  readonly #pause = new RestartPause()
  #child: Child | undefined
  /** The one that has been told to end. */
  #former: Child | undefined
  #again: NodeJS.Timeout | undefined
  #port: number
  #shown: DashboardView | undefined
  #stopping = false
  #work: Promise<void> = Promise.resolve()

  constructor(options: DashboardOptions) {
    this.#options = options
    this.#port = options.port
  }

  /** Has it been told what to show? */
  get isShown(): boolean {
    return this.#shown !== undefined
  }

  /** Starts it, soon; anew where what it shows is another view, or queues that have changed. */
  show(view: DashboardView, haveChanged: boolean): void {
    if (isDeepStrictEqual(view, this.#shown) && !haveChanged) return
    this.#shown = view
    this.#pause.forget()
    this.#restart()
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#work
    await this.#end()
  }

  kill(): void {
    this.#stopping = true
    this.#child?.kill()
    this.#former?.kill()
  }

  #restart(): void {
    this.#work = this.#work.then(async () => {
      await this.#end()
      if (!this.#stopping) await this.#start()
    })
  }

  async #start(): Promise<void> {
    const { output } = this.#options
    await this.#choosePort()
    const args = [
      'dashboard',
      '--provider',
      this.#shown?.provider ?? '',
      '--port',
      String(this.#port),
    ]
    const child = new Child('command-process', args, output)
    const startedAt = performance.now()
    this.#child = child
    void child.ended.then((ending) => {
      if (this.#child !== child || this.#stopping) return
      if (this.#options.isHopeless()) {
        this.#shown = undefined
        reportLine('it cannot start like this; waiting for a change', output)
        return
      }
      const pauseMs = this.#pause.after(performance.now() - startedAt)
      const again = `starting again in ${pauseMs / 1000} s`
      reportLine(`it ended with ${outcomeOf(ending)}; ${again}`, output)
      this.#again = setTimeout(() => {
        this.#restart()
      }, pauseMs)
    })
  }

  async #end(): Promise<void> {
    clearTimeout(this.#again)
    this.#former = this.#child
    // From here on, its end is no news.
    this.#child = undefined
    this.#former?.stop(patienceMs)
    await this.#former?.ended
  }

  /** The one it had, if it is free at this moment. */
  async #choosePort(): Promise<void> {
    const wanted = this.#port
    this.#port = await freePort(wanted)
    if (wanted === 0 || this.#port === wanted) return
    reportLine(`port ${wanted} is taken; using ${this.#port}`, this.#options.output)
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

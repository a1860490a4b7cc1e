import { rm } from 'node:fs/promises'
import { restartNotice } from '../../runtime/restart-notice.ts'
import { type Output, reportLine } from '../report.ts'
import { Child, type Ending, outcomeOf } from './child.ts'
import { RestartPause } from './restart-pause.ts'

export interface SupervisorOptions {
  /** Seconds for running jobs to finish when there is a new worker. */
  shutdownTimeout: number
  /** Where the worker's output goes. */
  output: Output
  /** Is there something missing without which no worker can start? */
  isHopeless: () => boolean
}

interface Running {
  child: Child
  bundle: string
  startedAt: number
  /** It has loaded the user's files. */
  loaded: boolean
}

/** What a worker may take for giving jobs back and disconnecting, beside the time for its jobs. */
const closingMs = 10_000

/**
 * Keeps one worker running, from one bundle to the next. There is never more than one: services may hold
 * a port or a file, and of two workers with different code nobody could tell which one ran a job. The old
 * one finishes its jobs before the new one starts; what takes longer it gives back, uncounted, and the
 * new one runs it.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  #running: Running | undefined
  /** The bundle that is to run next. */
  #next: string | undefined
  #restart: NodeJS.Timeout | undefined
  readonly #pause = new RestartPause()
  #stopped: PromiseWithResolvers<void> | undefined

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /** Is there a worker, or one that will be started by itself? */
  get isAtWork(): boolean {
    return this.#running !== undefined || this.#restart !== undefined
  }

  /**
   * Runs this bundle from now on; its file is deleted when it is not needed any more.
   * @param why what has changed, for whoever sees the former one end
   */
  replace(bundle: string, why: string): void {
    if (this.#stopped) {
      this.#forget(bundle)
      return
    }
    this.#forget(this.#next)
    this.#next = bundle
    this.#pause.forget()
    if (this.#running) {
      this.#say(`restarting: ${why}`)
      this.#stopChild(this.#running, restartNotice)
    } else {
      this.#start()
    }
  }

  /** Ends the worker in order. Resolves when it is gone. */
  stop(): Promise<void> {
    if (this.#stopped) return this.#stopped.promise
    this.#stopped = Promise.withResolvers()
    clearTimeout(this.#restart)
    this.#forget(this.#next)
    this.#next = undefined
    if (this.#running) this.#stopChild(this.#running)
    else this.#stopped.resolve()
    return this.#stopped.promise
  }

  /** Ends it at once: its jobs are given back by their timeout. */
  kill(): void {
    this.#running?.child.kill()
  }

  #stopChild({ child }: Running, notice?: string): void {
    child.stop(this.#options.shutdownTimeout * 1000 + closingMs, notice)
  }

  #start(): void {
    clearTimeout(this.#restart)
    this.#restart = undefined
    const bundle = this.#next
    if (bundle === undefined) return
    this.#next = undefined
    const { shutdownTimeout, output } = this.#options
    const args = [bundle, '--shutdown-timeout', String(shutdownTimeout)]
    const child = new Child('worker-process', args, output, (message) => {
      if (message === 'loaded') running.loaded = true
    })
    const running = { child, bundle, startedAt: performance.now(), loaded: false }
    this.#running = running
    void child.ended.then((ending) => {
      this.#onEnd(running, ending)
    })
  }

  #onEnd({ bundle, loaded, startedAt }: Running, ending: Ending): void {
    this.#running = undefined
    if (this.#stopped || this.#next !== undefined) {
      this.#forget(bundle)
      if (this.#stopped) this.#stopped.resolve()
      else this.#start()
      return
    }
    if (!loaded || this.#options.isHopeless()) {
      this.#forget(bundle)
      this.#say('it cannot start like this; waiting for a change')
      return
    }
    const pauseMs = this.#pause.after(performance.now() - startedAt)
    this.#say(`it ended with ${outcomeOf(ending)}; starting again in ${pauseMs / 1000} s`)
    this.#next = bundle
    this.#restart = setTimeout(() => {
      this.#start()
    }, pauseMs)
  }

  #say(line: string): void {
    reportLine(line, this.#options.output)
  }

  /** A file that stays is only in nobody's way. */
  #forget(bundle: string | undefined): void {
    if (bundle !== undefined) void rm(bundle, { force: true }).catch(() => undefined)
  }
}

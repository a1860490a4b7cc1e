import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../../error-parts.ts'
import type { Logger } from '../../types.ts'
import { joinServer, type Joined } from './join-server.ts'
import { stopServer } from './server.ts'
import type { Site } from './site.ts'

/** This process's share in the PostgreSQL of a data folder. */
export interface Engine {
  /** Holds the password: never to be logged. */
  readonly connectionString: string
  readonly dataDir: string
  readonly port: number
  /** False when the server ran already. */
  readonly startedHere: boolean
  /** Gives the share up; the last one to do so stops the server. Idempotent, never rejects. */
  leave(): Promise<void>
}

const longestPauseMs = 5_000

/** A membership that is renewed, with the server if need be, until it is given up. */
export class EngineShare implements Engine {
  readonly connectionString: string
  readonly dataDir: string
  readonly port: number
  readonly startedHere: boolean
  readonly #site: Site
  readonly #logger: Logger
  readonly #stop = new AbortController()
  #joined: Joined
  #renewal: Promise<void> = Promise.resolve()
  #leaving: Promise<void> | undefined

  constructor(site: Site, joined: Joined, logger: Logger) {
    this.connectionString = joined.connectionString
    this.dataDir = site.folder
    this.port = joined.port
    this.startedHere = joined.startedHere
    this.#site = site
    this.#logger = logger
    this.#joined = joined
    this.#watch()
    if (joined.member.foundDeserted && !joined.startedHere) {
      logger.info('joined an embedded PostgreSQL that a killed process had left running')
    } else {
      const verb = joined.startedHere ? 'started' : 'joined'
      logger.debug(`${verb} the embedded PostgreSQL on port ${joined.port}`)
    }
  }

  leave(): Promise<void> {
    return (this.#leaving ??= this.#leave())
  }

  async #leave(): Promise<void> {
    this.#stop.abort()
    await this.#renewal
    const { member } = this.#joined
    try {
      if (await member.resign()) await stopServer(this.#site)
    } catch (error) {
      this.#logger.warn(`the embedded PostgreSQL was not stopped: ${messageOf(error)}`)
    }
    // The membership ends with the connection, and a connection that cannot be closed is broken.
    await member.disconnect().catch(() => undefined)
  }

  #watch(): void {
    void this.#joined.member.lost.then(() => {
      if (!this.#stop.signal.aborted) this.#renewal = this.#renew()
    })
  }

  /** Never rejects. Ends when the membership is restored, or is no longer wanted. */
  async #renew(): Promise<void> {
    const { signal } = this.#stop
    this.#logger.warn('the embedded PostgreSQL went away; starting it again')
    for (let pauseMs = 100; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        // On the same port, for the sake of every connection pool that knows no other.
        this.#joined = await joinServer(this.#site, { port: this.port, signal })
        this.#watch()
        this.#reportReturn()
        return
      } catch (error) {
        if (this.#stop.signal.aborted) return
        this.#logger.error(`the embedded PostgreSQL is not back: ${messageOf(error)}`)
        await delay(pauseMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  #reportReturn(): void {
    if (this.#joined.port === this.port) {
      this.#logger.info('the embedded PostgreSQL is back')
      return
    }
    this.#logger.error(
      `the embedded PostgreSQL is back, but on port ${this.#joined.port} instead of ${this.port}: ` +
        'restart this process',
    )
  }
}

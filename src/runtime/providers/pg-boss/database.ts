import type { EventEmitter } from 'node:events'
import type { Logger } from '../../types.ts'
import { messageOf } from '../../error-parts.ts'
import { isAway, isReadOnly } from './connection-errors.ts'
import { ServerClock } from './server-clock.ts'

/** What we use of pg-boss's database: its pool, and its self-healing LISTEN. */
export interface BossDatabase {
  /** Makes the pool; pg-boss's start does it where nobody did. Not in its types. */
  open?(): Promise<void>
  /** pg's own, there once it is open. Not in its types. */
  pool?: { on(event: 'connect', listener: (client: EventEmitter) => void): unknown }
  /** `signal` closes the connection under the statement; pg-boss's own, not in its types. */
  executeSql(
    text: string,
    values?: unknown[],
    options?: { signal?: AbortSignal },
  ): Promise<{ rows: unknown[] }>
  listen?(
    channel: string,
    onNotification: (payload: string) => void,
    onReconnect: () => void,
  ): Promise<{ close(): Promise<void> }>
}

/** The server's time as Unix milliseconds, at this moment rather than at the transaction's start. */
export const unixMs = '(extract(epoch FROM clock_timestamp()) * 1000)::float8'

/**
 * A server that neither answers nor hangs up counts as away after this. Connections may be dead and
 * nobody says so: within the default lease there has to be time for another one.
 */
const answerWithinMs = 10_000
/** PostgreSQL takes more than this many characters in a millisecond. */
const charactersPerMs = 5_000
/** For statements that look at many rows, or wait for others. */
const longAnswerWithinMs = 60_000

/** What a read-only server refuses, whether it would find rows or not. */
const writing = /\b(INSERT|UPDATE|DELETE)\b/

/**
 * Every statement of ours goes through here, so that this is the one place that knows whether the
 * server is there, and says so once per outage.
 */
export class Database {
  readonly schema: string
  readonly clock = new ServerClock()
  readonly #boss: BossDatabase
  readonly #server: string
  readonly #logger: Logger
  /** It has answered before: until then, that it is away is the caller's error to report. */
  #met = false
  #away = false
  /** Away for writes alone: that it answers a question does not mean that it is back. */
  #readOnly = false
  #closed = false

  constructor(boss: BossDatabase, target: { schema: string; server: string }, logger: Logger) {
    this.#boss = boss
    this.schema = target.schema
    this.#server = target.server
    this.#logger = logger
  }

  get healthy(): boolean {
    return !this.#away
  }

  /** Asks for an answer: pg-boss's own start would try a silent server several times over. */
  async connect(): Promise<void> {
    await this.#boss.open?.()
    // Between the pool's listener and the statement's own there is a moment without one, in which an
    // error would end the process. Whoever uses the connection hears of its end all the same.
    this.#boss.pool?.on('connect', (client) => client.on('error', () => undefined))
    const [answer] = await this.query<{ now: number }>(`SELECT ${unixMs} AS now`)
    if (answer) this.clock.set(answer.now)
  }

  /**
   * The row type is the caller's word for what its SQL returns.
   * @param options.long It may take its time.
   */
  async query<Row>(text: string, values: unknown[] = [], { long = false } = {}): Promise<Row[]> {
    const withinMs = long ? longAnswerWithinMs : answerWithinMs + lengthOf(values) / charactersPerMs
    const dead = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`PostgreSQL did not answer within ${Math.round(withinMs)} ms`))
        // Else it would keep its place in the pool, and a few of them all places.
        dead.abort()
      }, withinMs)
    })
    try {
      const answer = this.#boss.executeSql(text, values, { signal: dead.signal })
      // When the silence won the race, nobody else would hear of the answer's own failure.
      answer.catch(() => {})
      const { rows } = await Promise.race([answer, silence])
      if (!this.#readOnly || writing.test(text)) this.#noteAnswer()
      // The edge to the driver, where SQL has no types.
      return rows as Row[]
    } catch (error) {
      this.noteError(error)
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Subscribes, and keeps trying until it can: without LISTEN, polling still finds every job. */
  listen(channel: string, onPayload: (payload: string) => void, onConnect: () => void): Listening {
    const listening = new Listening(this.#boss, channel, onPayload, onConnect)
    listening.start()
    return listening
  }

  /** Errors that reach us past a statement: idle connections, pg-boss's own maintenance. */
  noteError(error: unknown): void {
    if (this.#closed || !isAway(error)) return
    this.#readOnly = isReadOnly(error)
    if (this.#met && !this.#away) {
      const state = this.#readOnly ? 'read-only' : 'away'
      this.#logger.warn(`PostgreSQL at ${this.#server} is ${state}; waiting for it`, {
        reason: messageOf(error),
      })
    }
    this.#away = true
  }

  /** From here on, a lost connection is no news. */
  close(): void {
    this.#closed = true
  }

  #noteAnswer(): void {
    if (this.#met && this.#away) this.#logger.info(`PostgreSQL at ${this.#server} is back`)
    this.#met = true
    this.#away = false
    this.#readOnly = false
  }
}

function lengthOf(values: unknown[]): number {
  return values.reduce<number>(
    (length, value) => length + (typeof value === 'string' ? value.length : 0),
    0,
  )
}

const listenRetryMs = 5_000

/** One LISTEN connection. pg-boss reconnects it once it stood; until then we try again ourselves. */
export class Listening {
  readonly #boss: BossDatabase
  readonly #channel: string
  readonly #onPayload: (payload: string) => void
  readonly #onConnect: () => void
  #handle: { close(): Promise<void> } | undefined
  #retry: NodeJS.Timeout | undefined
  #closed = false
  /** Resolves when the first try has ended, whether it stands or not. */
  ready: Promise<void> = Promise.resolve()

  constructor(
    boss: BossDatabase,
    channel: string,
    onPayload: (payload: string) => void,
    onConnect: () => void,
  ) {
    this.#boss = boss
    this.#channel = channel
    this.#onPayload = onPayload
    this.#onConnect = onConnect
  }

  start(): void {
    this.ready = this.#connect()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    await this.ready
    await this.#handle?.close()
  }

  async #connect(): Promise<void> {
    try {
      this.#handle = await this.#boss.listen?.(this.#channel, this.#onPayload, this.#onConnect)
    } catch {
      if (this.#closed) return
      this.#retry = setTimeout(() => {
        this.ready = this.#connect()
      }, listenRetryMs)
    }
  }
}

import type { IRedisClient } from 'bullmq'
import type { Cluster, Redis } from 'ioredis'
import { isIP } from 'node:net'
import type { Logger } from '../../types.ts'
import type { Target } from './connection.ts'
import { messageOf } from '../../error-parts.ts'
import type { Sdk } from './load-sdk.ts'
import { scripts } from './scripts.ts'

/** A server that neither answers nor hangs up counts as away after this. */
const answerWithinMs = 10_000
const longestReconnectMs = 1_000

export interface LinkOptions {
  sdk: Sdk
  target: Target
  /** How long to try before giving up on the server. */
  connectTimeoutMs: number
  name: string
  logger: Logger
}

/**
 * The connection that all commands share. It never queues a command for later: what cannot be sent,
 * or whose reply is lost, fails at once, and the caller decides. It reconnects by itself, and is the
 * one place that knows whether the server is there, and says so once per outage.
 */
export class Link {
  readonly target: Target
  /** Commands as ioredis has them. */
  readonly redis: Redis | Cluster
  /** The same connection as BullMQ wants it; runs scripts, ours too. */
  readonly client: IRedisClient
  readonly #options: LinkOptions
  readonly #onAway = new Set<() => void>()
  readonly #onBack = new Set<() => void>()
  /** Another attempt to connect has failed. */
  readonly #onFailed = new Set<() => void>()
  /** Once it stood, an outage is news; before, it is the caller's error to report. */
  #met = false
  #away = false
  #closed = false
  /** What ioredis rejects with is often only that the connection is closed; this says why. */
  #lastError: unknown = new Error('Connection is closed.')

  constructor(options: LinkOptions) {
    const { sdk, target, connectTimeoutMs, name } = options
    this.#options = options
    this.target = target
    this.redis = this.dedicated(name, answerWithinMs, connectTimeoutMs)
    this.client = sdk.bullmq.createIORedisClient(this.redis)
    for (const [script, { keys, lua }] of Object.entries(scripts)) {
      this.client.defineCommand(script, { numberOfKeys: keys, lua })
    }
    this.redis.on('error', (error: unknown) => {
      this.#lastError = error
    })
    for (const event of ['close', 'end']) {
      this.redis.on(event, () => {
        this.#noteAway()
        for (const fail of this.#onFailed) fail()
      })
    }
    this.redis.on('ready', () => this.#noteBack())
  }

  get healthy(): boolean {
    return this.#met && !this.#away
  }

  /** Connects for the first time. @throws what kept it from it. */
  async connect(): Promise<void> {
    const ready = this.ready(this.#options.connectTimeoutMs)
    // What it rejects with is vague, and may come late; `ready` knows more, and when to give up.
    this.redis.connect().catch(() => undefined)
    await ready
  }

  /** Resolves when commands can be sent. @throws what keeps them from it, after `withinMs` at most. */
  async ready(withinMs: number): Promise<void> {
    if (this.healthy) return
    const back = Promise.withResolvers<void>()
    const fail = () => back.reject(this.#lastError)
    const timer = setTimeout(fail, withinMs)
    // Once an attempt has failed, the next will hardly do better in the time that is left.
    this.#onFailed.add(fail)
    this.#onBack.add(back.resolve)
    try {
      await back.promise
    } finally {
      clearTimeout(timer)
      this.#onFailed.delete(fail)
      this.#onBack.delete(back.resolve)
    }
  }

  /** Waits for the server to be back, but no longer than `ms`: then it is worth another try. */
  async back(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    if (this.#away) this.#onBack.add(resolve)
    await promise
    clearTimeout(timer)
    this.#onBack.delete(resolve)
  }

  /** Calls back whenever the server goes away. Returns the unsubscriber. */
  onAway(callback: () => void): () => void {
    this.#onAway.add(callback)
    return () => this.#onAway.delete(callback)
  }

  /**
   * Another connection to the same server; it connects when it is first used.
   * @param silenceMs how long a command may go without an answer.
   */
  dedicated(name: string, silenceMs: number, connectTimeoutMs = silenceMs): Redis | Cluster {
    const { sdk, target } = this.#options
    const { host, port, username, password, db, tls, cluster } = target
    const options = {
      connectionName: name,
      connectTimeout: connectTimeoutMs,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(tls && { tls: isIP(host) ? {} : { servername: host } }),
      lazyConnect: true,
      autoResendUnfulfilledCommands: false,
      // Rejects what is under way when the connection is lost; without, ioredis would forget it.
      maxRetriesPerRequest: 0,
      socketTimeout: silenceMs,
      keepAlive: 10_000,
      // After a failover, the address leads to another server.
      reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
    }
    const enableOfflineQueue = false
    const retryStrategy = (times: number) => Math.min(longestReconnectMs, 25 * 2 ** times)
    const connection = cluster
      ? new sdk.ioredis.Cluster([{ host, port }], {
          ...{ redisOptions: options, lazyConnect: true, enableOfflineQueue },
          // To learn which node has which keys is part of connecting; ioredis would give it a second.
          slotsRefreshTimeout: connectTimeoutMs,
          clusterRetryStrategy: retryStrategy,
        })
      : new sdk.ioredis.Redis({ ...options, host, port, db, enableOfflineQueue, retryStrategy })
    // Without a listener, ioredis would print it.
    connection.on('error', () => undefined)
    return connection
  }

  /** From here on, a lost connection is no news. */
  close(): void {
    this.#closed = true
    this.redis.disconnect()
    for (const resolve of this.#onBack) resolve()
  }

  #noteAway(): void {
    if (this.#closed || this.#away) return
    this.#away = true
    if (!this.#met) return
    const { logger, target } = this.#options
    logger.warn(`Redis at ${target.server} is away; waiting for it`, {
      reason: messageOf(this.#lastError),
    })
    for (const callback of this.#onAway) callback()
  }

  #noteBack(): void {
    const { logger, target } = this.#options
    if (this.#met && this.#away) logger.info(`Redis at ${target.server} is back`)
    this.#met = true
    this.#away = false
    for (const resolve of this.#onBack) resolve()
  }
}

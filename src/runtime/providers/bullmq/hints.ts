import type { Cluster, Redis } from 'ioredis'
import { setTimeout as delay } from 'node:timers/promises'
import type { Link } from './link.ts'
import type { Queue } from './queues.ts'

const blockMs = 1_000
const silenceMs = 10_000
const retryMs = 250
const mostEvents = 1_000

/** A queue's events, and who waits for what of them. */
interface Stream {
  /** The last event that was read. */
  position: string
  watchers: Map<string, Set<() => void>>
}

/**
 * Tells that a job has changed, by the events that BullMQ writes of every queue. One connection reads
 * those of all queues in which a job is watched; after an outage it goes on where it was.
 */
export class Hints {
  readonly #link: Link
  readonly #streams = new Map<string, Stream>()
  #redis: Redis | Cluster | undefined
  /** What the server calls that connection; undefined on a cluster, which has many. */
  #clientId: number | undefined
  #reading: Promise<void> | undefined
  #unsubscribe: (() => void) | undefined
  #closed = false

  constructor(link: Link) {
    this.#link = link
  }

  /** What happens to the job after this has resolved is heard of. Returns the unsubscriber. */
  async watch(queue: Queue, keys: string[], onChange: () => void): Promise<() => void> {
    const name = `${queue.prefix}events`
    // Without a pause where it is known: its last watcher may go meanwhile, and the stream with it.
    const stream = this.#streams.get(name) ?? this.#join(name, await this.#newest(name))
    for (const key of keys) {
      const watchers = stream.watchers.get(key) ?? new Set()
      stream.watchers.set(key, watchers.add(onChange))
    }
    this.#read()
    return () => {
      for (const key of keys) {
        const watchers = stream.watchers.get(key)
        watchers?.delete(onChange)
        if (watchers?.size === 0) stream.watchers.delete(key)
      }
      const isCurrent = this.#streams.get(name) === stream
      if (isCurrent && stream.watchers.size === 0) this.#streams.delete(name)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#streams.clear()
    this.#unsubscribe?.()
    this.#redis?.disconnect()
    await this.#reading
  }

  async #newest(name: string): Promise<string> {
    const [newest] = await this.#link.redis.xrevrange(name, '+', '-', 'COUNT', 1)
    return newest?.[0] ?? '0-0'
  }

  #join(name: string, position: string): Stream {
    const known = this.#streams.get(name)
    if (known) return known
    const stream: Stream = { position, watchers: new Map() }
    this.#streams.set(name, stream)
    this.#interrupt()
    return stream
  }

  /** Has a read under way end, so that the next one knows all streams. Where it cannot, it ends soon. */
  #interrupt(): void {
    if (!this.#reading || this.#clientId === undefined) return
    this.#link.redis.call('CLIENT', 'UNBLOCK', this.#clientId).catch(() => undefined)
  }

  #read(): void {
    if (this.#reading || this.#closed) return
    this.#reading = this.#readAll().finally(() => {
      this.#reading = undefined
      if (this.#streams.size > 0) this.#read()
    })
  }

  async #readAll(): Promise<void> {
    while (this.#streams.size > 0 && !this.#closed) {
      try {
        await this.#readOnce(await this.#connected())
      } catch {
        // The link says that the server is away; watched jobs are looked at from time to time anyway.
        await delay(retryMs, undefined, { ref: false })
      }
    }
  }

  async #readOnce(redis: Redis | Cluster): Promise<void> {
    const entries = [...this.#streams]
    const names = entries.map(([name]) => name)
    const positions = entries.map(([, { position }]) => position)
    const answer = await redis.xread(
      ...(['COUNT', mostEvents, 'BLOCK', blockMs, 'STREAMS'] as const),
      ...[...names, ...positions],
    )
    for (const [name, events] of answer ?? []) {
      const stream = this.#streams.get(name)
      if (stream) dispatch(stream, events)
    }
  }

  async #connected(): Promise<Redis | Cluster> {
    if (!this.#redis) {
      const redis = this.#link.dedicated('pikku events', silenceMs)
      this.#redis = redis
      redis.on('ready', () => void this.#askForId(redis))
      this.#unsubscribe = this.#link.onAway(() => {
        if (redis.status === 'ready') redis.disconnect(true)
      })
    }
    if (this.#redis.status === 'wait') await this.#redis.connect()
    return this.#redis
  }

  async #askForId(redis: Redis | Cluster): Promise<void> {
    if (redis.isCluster) return
    this.#clientId = Number(await redis.call('CLIENT', 'ID').catch(() => NaN)) || undefined
  }
}

function dispatch(stream: Stream, events: [id: string, fields: string[]][]): void {
  const changed = new Set<() => void>()
  for (const [id, fields] of events) {
    stream.position = id
    const at = fields.indexOf('jobId')
    const watchers = at < 0 ? undefined : stream.watchers.get(fields[at + 1] ?? '')
    for (const onChange of watchers ?? []) changed.add(onChange)
  }
  for (const onChange of changed) onChange()
}

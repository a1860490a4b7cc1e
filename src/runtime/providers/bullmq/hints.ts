import type { Cluster, Redis } from 'ioredis'
import { setTimeout as delay } from 'node:timers/promises'
import { type WatchedJob, WatchedJobs } from '../../watched-jobs.ts'
import type { Link } from './link.ts'
import type { Queue } from './queues.ts'

const blockMs = 1_000
const silenceMs = 10_000
const retryMs = 250
const mostEvents = 1_000
const mostPerLook = 500

/** The events of a queue in which jobs are watched. */
interface Stream {
  queue: Queue
  /** The last event that was read. */
  position: string
  /** How many watch. */
  watchers: number
}

/**
 * Tells that a job has changed, by the events that BullMQ writes of every queue. One connection reads
 * those of all queues in which a job is watched; after an outage it goes on where it was.
 */
export class Hints {
  readonly #link: Link
  /** By the name of the queue. */
  readonly #streams = new Map<string, Stream>()
  readonly #watched = new WatchedJobs((jobs) => this.#look(jobs))
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
    // Without a pause where it is known: its last watcher may go meanwhile, and the stream with it.
    const stream =
      this.#streams.get(queue.name) ?? this.#join(queue, await this.#newest(eventsOf(queue)))
    stream.watchers += 1
    const unwatch = keys.map((key) => this.#watched.add({ queue: queue.name, key }, onChange))
    this.#read()
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      for (const end of unwatch) end()
      stream.watchers -= 1
      const isCurrent = this.#streams.get(queue.name) === stream
      if (isCurrent && stream.watchers === 0) this.#streams.delete(queue.name)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#watched.close()
    this.#streams.clear()
    this.#unsubscribe?.()
    this.#redis?.disconnect()
    await this.#reading
  }

  async #newest(name: string): Promise<string> {
    const [newest] = await this.#link.redis.xrevrange(name, '+', '-', 'COUNT', 1)
    return newest?.[0] ?? '0-0'
  }

  #join(queue: Queue, position: string): Stream {
    const known = this.#streams.get(queue.name)
    if (known) return known
    const stream: Stream = { queue, position, watchers: 0 }
    this.#streams.set(queue.name, stream)
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
    const streams = new Map([...this.#streams.values()].map((it) => [eventsOf(it.queue), it]))
    const positions = [...streams.values()].map(({ position }) => position)
    const answer = await redis.xread(
      ...(['COUNT', mostEvents, 'BLOCK', blockMs, 'STREAMS'] as const),
      ...[...streams.keys(), ...positions],
    )
    for (const [name, events] of answer ?? []) {
      const stream = streams.get(name)
      if (stream) this.#dispatch(stream, events)
    }
  }

  #dispatch(stream: Stream, events: [id: string, fields: string[]][]): void {
    const changed = new Set<string>()
    for (const [id, fields] of events) {
      stream.position = id
      const at = fields.indexOf('jobId')
      if (at >= 0) changed.add(fields[at + 1] ?? '')
    }
    for (const key of changed) this.#watched.call(stream.queue.name, key)
  }

  /** Events are trimmed, and what is deleted with its queue leaves none. */
  async #look(jobs: readonly WatchedJob[]): Promise<string[]> {
    const marks = new Map<WatchedJob, string>()
    for (const [name, all] of Map.groupBy(jobs, ({ queue }) => queue)) {
      const queue = this.#streams.get(name)?.queue
      for (let n = 0; queue && n < all.length; n += mostPerLook) {
        const batch = all.slice(n, n + mostPerLook)
        const keys = batch.map(({ key }) => key)
        const found = await queue.run<string[]>('pikku:marks', keys)
        for (const [index, job] of batch.entries()) marks.set(job, found[index] ?? '')
      }
    }
    return jobs.map((job) => marks.get(job) ?? '')
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

const eventsOf = ({ prefix }: Queue): string => `${prefix}events`

import { isDeepStrictEqual } from 'node:util'
import type { Contracts } from './contract.ts'
import type { CreateProvider, QueueProvider } from './provider.ts'
import type { Logger } from './types.ts'

/** How a client opens and closes its provider. */
export type ProviderAccess = Pick<QueueProvider, 'open' | 'close'>

/** What a provider of clients is made of. Where two are the same in all of it, one does for both. */
export interface ProviderUse {
  createProvider: CreateProvider<never>
  connection: unknown
  settings?: unknown
  contracts: Contracts
  logger: Logger
}

/** Those that clients still hold. */
let made: WeakRef<SharedProvider>[] = []

/**
 * One provider for all clients of the process that mean the same server: it is open as long as one of
 * them uses it.
 */
export class SharedProvider {
  readonly provider: QueueProvider
  readonly #use: ProviderUse
  readonly #surroundings = surroundings()
  #users = 0
  #opening: Promise<void> | undefined
  #closing: Promise<void> = Promise.resolve()

  private constructor(use: ProviderUse, provider: QueueProvider) {
    this.#use = { ...use, connection: copyOf(use.connection) }
    this.provider = provider
  }

  /** The one that there is for this use, else what `make` makes of it. */
  static for(use: ProviderUse, make: () => QueueProvider): SharedProvider {
    made = made.filter((ref) => ref.deref())
    const known = made.map((ref) => ref.deref()).find((shared) => shared && shared.#serves(use))
    if (known) return known
    const shared = new SharedProvider(use, make())
    made.push(new WeakRef(shared))
    return shared
  }

  /** For one client, which opens and closes it once; what the others do is no concern of its. */
  access(): ProviderAccess {
    let uses = false
    return {
      open: async (queues) => {
        uses = true
        this.#users += 1
        this.#opening ??= this.#closing.then(() => this.provider.open(queues))
        const opening = this.#opening
        try {
          await opening
        } catch (error) {
          uses = false
          this.#users -= 1
          if (this.#opening === opening) this.#opening = undefined
          throw error
        }
      },
      close: async (graceMs) => {
        if (!uses) return
        uses = false
        this.#users -= 1
        if (this.#users > 0) return
        this.#opening = undefined
        const closing = this.provider.close(graceMs)
        // Who opens it again waits for that, whatever comes of it.
        this.#closing = closing.catch(() => undefined)
        await closing
      },
    }
  }

  #serves({ createProvider, connection, settings, contracts, logger }: ProviderUse): boolean {
    const mine = this.#use
    return (
      mine.createProvider === createProvider &&
      mine.logger === logger &&
      isSame(mine.connection, connection) &&
      isDeepStrictEqual(mine.settings, settings) &&
      isDeepStrictEqual(this.#surroundings, surroundings()) &&
      (mine.contracts === contracts || isDeepStrictEqual(mine.contracts, contracts))
    )
  }
}

/** Where providers find what the connection leaves out. */
function surroundings(): unknown {
  return { environment: { ...process.env }, folder: process.cwd() }
}

/** The caller's object may change later. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf)
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)]))
}

/** Nobody knows what else is in functions and instances of classes: they are the same or not. */
function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, n) => isSame(item, other[n]))
  }
  if (!isPlain(one) || !isPlain(other)) return Object.is(one, other)
  const keys = Object.keys({ ...one, ...other })
  return keys.every((key) => isSame(one[key], other[key]))
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * What a network does to connections.
 * - `pass`: carries every byte.
 * - `hang`: carries nothing and says nothing, as when packets are dropped. New connections are taken
 *   and hang too.
 * - `refuse`: resets what stands and what comes.
 */
export type ProxyMode = 'pass' | 'hang' | 'refuse'

/** One client's connection, and the one to the server that belongs to it. */
interface Pair {
  client: Socket
  server: Socket
  hangs: boolean
}

/** A stretch of network between clients and a server on this machine, with faults on demand. */
export class TcpProxy {
  readonly #server: Server
  readonly #targetPort: number
  readonly #pairs = new Set<Pair>()
  #mode: ProxyMode = 'pass'

  private constructor(targetPort: number) {
    this.#targetPort = targetPort
    this.#server = createServer({ pauseOnConnect: true }, (client) => this.#accept(client))
  }

  /** Listens on a free port of the loopback, and passes on to `targetPort`. */
  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Connections that stand, hanging ones included. */
  get connections(): number {
    return this.#pairs.size
  }

  /** New connections pass, and what hung goes on where it was, as when packets are sent again. */
  pass(): void {
    this.#mode = 'pass'
    for (const pair of this.#pairs) if (pair.hangs) flow(pair)
  }

  hang(): void {
    this.#mode = 'hang'
    for (const pair of this.#pairs) {
      const { client, server } = pair
      pair.hangs = true
      client.unpipe(server).pause()
      server.unpipe(client).pause()
    }
  }

  /**
   * New connections pass. Those that hung are forgotten, as by a router that was restarted: they hang
   * for ever, and nobody is told.
   */
  passAnew(): void {
    this.#mode = 'pass'
  }

  refuse(): void {
    this.#mode = 'refuse'
    this.cut()
  }

  /** Resets every connection that stands. New ones fare as before. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy()
      server.destroy()
    }
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: Socket): void {
    if (this.#mode === 'refuse') {
      client.resetAndDestroy()
      return
    }
    const server = connect({ host: '127.0.0.1', port: this.#targetPort, noDelay: true })
    client.setNoDelay(true)
    const pair = { client, server, hangs: this.#mode === 'hang' }
    this.#pairs.add(pair)
    for (const [end, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // 'close' follows.
      end.on('error', () => undefined)
      end.on('close', () => {
        if (other.destroyed) this.#pairs.delete(pair)
        // What hangs does not carry the news of an end either.
        else if (!pair.hangs) other.destroy()
      })
    }
    if (!pair.hangs) flow(pair)
  }
}

function flow(pair: Pair): void {
  pair.hangs = false
  pair.client.pipe(pair.server)
  pair.server.pipe(pair.client)
}

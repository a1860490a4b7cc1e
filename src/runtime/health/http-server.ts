import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIPv6 } from 'node:net'
import { errorCodes, PikkuQueueError } from '../errors.ts'

export interface Answer {
  status: number
  body: string
  contentType?: string
}

/** What each path answers; every other one is not found. */
export type Routes = Record<string, () => Answer | Promise<Answer>>

export interface ListenOptions {
  /** 0 takes a free one. */
  port: number
  /** Default: all interfaces. */
  host?: string | undefined
}

/** A server for a few questions that are asked with GET. */
export class HttpServer {
  readonly #server: Server
  readonly #host: string | undefined

  private constructor(server: Server, host: string | undefined) {
    this.#server = server
    this.#host = host
  }

  /** @throws PikkuQueueError PKQ511 when it cannot listen there. */
  static async listen(routes: Routes, { port, host }: ListenOptions): Promise<HttpServer> {
    const server = createServer((request, response) => void answer(routes, request, response))
    server.listen({ port, host })
    try {
      await once(server, 'listening')
    } catch (error) {
      throw cannotListen({ port, host }, error)
    }
    return new HttpServer(server, host)
  }

  /** Without a host, where it is reached on this machine. */
  get url(): string {
    const address = this.#server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const host = this.#host ?? 'localhost'
    return `http://${isIPv6(host) ? `[${host}]` : host}:${port ?? 0}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

async function answer(
  routes: Routes,
  { method = '', url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, body, contentType } = await decide(routes, method, url)
  response.writeHead(status, {
    'content-type': contentType ?? 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(method === 'HEAD' ? undefined : body)
}

async function decide(routes: Routes, method: string, url: string): Promise<Answer> {
  const [path = ''] = url.split('?')
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined
  if (!route) return { status: 404, body: `there is: ${Object.keys(routes).join(' ')}\n` }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'ask with GET\n' }
  try {
    return await route()
  } catch (error) {
    return { status: 500, body: `${error instanceof Error ? error.message : String(error)}\n` }
  }
}

const reasons: Record<string, string> = {
  EADDRINUSE: 'another process listens there already',
  EACCES: 'this user may not',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'there is no such host',
}

export function cannotListen({ port, host }: ListenOptions, cause: unknown): PikkuQueueError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const where = host === undefined ? `port ${port}` : `port ${port} of ${host}`
  return new PikkuQueueError(
    errorCodes.healthPort,
    `probes cannot be answered on ${where}: ${reasons[code] ?? code}`,
    { hint: 'Choose another with --health-port (0 takes a free one) and --health-host.', cause },
  )
}

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { databaseUrl } from '../../support/postgres.ts'

/** A wire to a PostgreSQL that counts statements, and can be disturbed at one of them. */
export interface Wire {
  url: string
  /**
   * The next statement with this text in it is carried out, but its reply is lost with the
   * connection. Resolves when that has happened.
   */
  loseReply(text: string): Promise<void>
  /** The next statement with this text in it is held up: resolves to what lets it go on. */
  hold(text: string): Promise<() => void>
  /** How many statements with this text in them have been sent so far. */
  sent(text: string): number
}

/** ReadyForQuery, outside a transaction: what was asked for is done. */
const ready = Buffer.from('Z\u0000\u0000\u0000\u0005I', 'latin1')

/** @param to Default: the run's PostgreSQL. */
export async function startWire(to = databaseUrl()): Promise<Wire> {
  const target = new URL(to)
  const chunks: Buffer[] = []
  const sockets = new Set<Socket>()
  let losing: { text: string; lost: () => void } | undefined
  let holding: { text: string; held: (release: () => void) => void } | undefined

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    let lost: (() => void) | undefined
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.on('data', (chunk) => {
      chunks.push(chunk)
      if (losing && chunk.includes(losing.text)) {
        lost = losing.lost
        losing = undefined
      }
      if (!holding || !chunk.includes(holding.text)) {
        upstream.write(chunk)
        return
      }
      client.pause()
      holding.held(() => {
        upstream.write(chunk)
        client.resume()
      })
      holding = undefined
    })
    upstream.on('data', (chunk) => {
      if (!lost) client.write(chunk)
      else if (chunk.subarray(-ready.length).equals(ready)) {
        client.destroy()
        lost()
      }
    })
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(address.port)

  return {
    url: url.href,
    loseReply: (text) => new Promise((lost) => (losing = { text, lost })),
    hold: (text) => new Promise((held) => (holding = { text, held })),
    sent: (text) => chunks.filter((chunk) => chunk.includes(text)).length,
  }
}

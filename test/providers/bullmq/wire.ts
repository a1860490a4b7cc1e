import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { redisUrl } from '../../support/redis.ts'

/** A wire to the run's Redis that can be disturbed at one command. */
export interface Wire {
  url: string
  /**
   * The next command with this text in it is carried out, but its reply is lost with the connection.
   * Resolves when that has happened.
   */
  loseReply(text: string): Promise<void>
}

export async function startWire(): Promise<Wire> {
  const target = new URL(redisUrl())
  const sockets = new Set<Socket>()
  let losing: { text: string; lost: () => void } | undefined

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
      if (losing && chunk.includes(losing.text)) {
        lost = losing.lost
        losing = undefined
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (!lost) client.write(chunk)
      else {
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
  return { url: url.href, loseReply: (text) => new Promise((lost) => (losing = { text, lost })) }
}

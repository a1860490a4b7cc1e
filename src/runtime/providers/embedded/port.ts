import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below every system's range for outgoing connections. From inside it, a client that tries to
 * reconnect while the server is down could be given the server's own port, and keep it.
 */
const lowest = 20_000
const highest = 32_000

/** A port of 127.0.0.1 that is free at this moment: `preferred` if it is, else a random one. */
export async function freePort(preferred?: number): Promise<number> {
  let port = preferred ?? randomInt(lowest, highest)
  while (!(await isFree(port))) port = randomInt(lowest, highest)
  return port
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

import { setTimeout as delay } from 'node:timers/promises'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import { databaseUser, readPassword } from './cluster.ts'
import { enrol, type Member } from './membership.ts'
import { freePort } from './port.ts'
import { findServer, startServer, stopServer } from './server.ts'
import type { Site } from './site.ts'

const patienceMs = 60_000
const pollMs = 50

export interface Joined {
  member: Member
  port: number
  connectionString: string
  startedHere: boolean
}

export interface JoinOptions {
  /** When a server has to be started: on this port or not at all. Undefined: on any free one. */
  port?: number | undefined
  /** Gives up, unless it has started the server already: someone has to stop that again. */
  signal?: AbortSignal | undefined
}

/**
 * Becomes a member of the cluster's server, and starts the server when there is none. Others may do
 * the same, or stop it, at any moment; so it looks, tries and looks again until it is in.
 * @throws PikkuQueueError (engineStart, engineFolder)
 */
export async function joinServer(site: Site, options: JoinOptions = {}): Promise<Joined> {
  const deadline = Date.now() + patienceMs
  let startedHere = false
  let last = 'it never accepted a connection'
  while (Date.now() < deadline) {
    if (!startedHere) options.signal?.throwIfAborted()
    const { running, lastPort } = await findServer(site.cluster)
    if (!running) {
      // The members of a server that died expect it on the port it had.
      const port = options.port ?? (await freePort(lastPort))
      const outcome = await startServer(site, port)
      startedHere = outcome === 'ready'
      if (startedHere) continue
      if (outcome === 'port-taken') last = `port ${port} is taken by another program`
      if (outcome === 'busy') last = 'another server was starting, or left its lock file behind'
    } else if (running.status === 'ready' && running.port !== undefined) {
      const joined = await tryJoin(site, running.pid, running.port).catch(
        async (error: unknown) => {
          // Whoever would join later would be refused like us, so nobody could ever stop it.
          if (startedHere) await stopServer(site)
          throw error
        },
      )
      if (joined) return { ...joined, startedHere }
    }
    await delay(pollMs)
  }
  throw new PikkuQueueError(
    errorCodes.engineStart,
    `the embedded PostgreSQL could not be joined within ${patienceMs / 1000} seconds: ${last}`,
    { hint: `Look into ${site.log}` },
  )
}

async function tryJoin(site: Site, pid: number, port: number) {
  const password = await readPassword(site.cluster)
  const connectionString = `postgres://${databaseUser}:${password}@127.0.0.1:${port}/postgres`
  const member = await enrol(connectionString)
  if (!member) return undefined
  // A server that is being stopped says so before it drops the stopper's lock, which may just have
  // let us in.
  const { running } = await findServer(site.cluster)
  if (running?.pid === pid && running.status === 'ready') return { member, port, connectionString }
  await member.disconnect()
  return undefined
}

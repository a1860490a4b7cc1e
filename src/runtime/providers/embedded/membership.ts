import type { Client } from 'pg'
import { messageOf } from '../../error-parts.ts'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import { isErrno } from './file-checks.ts'
import { loadPg } from './packages.ts'

/**
 * A process is a member of the engine while it holds an advisory lock, shared, on a connection of its
 * own. PostgreSQL drops the lock with the connection, so the death of a process ends its membership
 * too. Whoever can take the lock alone is the last one, and may stop the server: a process that joins
 * at that moment waits for the lock, loses its connection, and starts the server anew.
 */
export interface Member {
  /** No other member was there when this one came, and the server had been up for a while. */
  readonly foundDeserted: boolean
  /** Resolves when the connection breaks, other than by `disconnect`. */
  readonly lost: Promise<void>
  /**
   * Ends the membership, not the connection. True when nobody else is left: then nobody can join
   * before `disconnect`.
   */
  resign(): Promise<boolean>
  disconnect(): Promise<void>
}

/** "pikk" in ASCII: any number that no other software is likely to lock. */
const lockKey = 0x70696b6b

/**
 * Becomes a member.
 * @returns null when the server is not, or no longer, to be spoken to; try again later.
 * @throws PikkuQueueError (engineStart) when it refuses us.
 */
export async function enrol(connectionString: string): Promise<Member | null> {
  const pg = await loadPg()
  const client = new pg.Client({
    connectionString,
    application_name: 'pikku member',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  })
  let leaving = false
  // Without a listener an error would end the process; 'end' follows each.
  client.on('error', () => undefined)
  const lost = new Promise<void>((resolve) => {
    client.once('end', () => {
      if (!leaving) resolve()
    })
  })
  try {
    await client.connect()
    const foundDeserted = await isDeserted(client)
    await client.query(`SELECT pg_advisory_lock_shared(${lockKey})`)
    return {
      foundDeserted,
      lost,
      async resign() {
        await client.query(`SELECT pg_advisory_unlock_shared(${lockKey})`)
        const { rows } = await client.query<{ last: boolean }>(
          `SELECT pg_try_advisory_lock(${lockKey}) AS last`,
        )
        return rows[0]?.last === true
      },
      async disconnect() {
        leaving = true
        await client.end()
      },
    }
  } catch (error) {
    leaving = true
    void client.end().catch(() => undefined)
    if (isPassing(error)) return null
    throw new PikkuQueueError(
      errorCodes.engineStart,
      `the embedded PostgreSQL runs, but refuses this process: ${messageOf(error)}`,
      { hint: 'Stop the processes that use it, then try again.', cause: error },
    )
  }
}

async function isDeserted(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ deserted: boolean }>(
    `SELECT pg_postmaster_start_time() < now() - interval '5 seconds' AND NOT EXISTS (
       SELECT FROM pg_locks
       WHERE locktype = 'advisory' AND classid = 0 AND objid = ${lockKey} AND objsubid = 1
     ) AS deserted`,
  )
  return rows[0]?.deserted === true
}

/** Errors of a server that is starting, stopping, crashing or full at this moment. */
function isPassing(error: unknown): boolean {
  const network = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']
  // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections
  const server = ['57P01', '57P02', '57P03', '53300']
  if (isErrno(error, ...network, ...server)) return true
  return /connection terminated|not queryable|timeout/i.test(messageOf(error))
}

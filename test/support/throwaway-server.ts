import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { findBinaries } from '../../src/runtime/providers/embedded/binaries.ts'
import {
  databaseUser,
  ensureCluster,
  readPassword,
} from '../../src/runtime/providers/embedded/cluster.ts'
import { freePort } from '../../src/runtime/providers/embedded/port.ts'
import { findServer, startServer, stopServer } from '../../src/runtime/providers/embedded/server.ts'
import { isRoot, systemUser } from '../../src/runtime/providers/embedded/server-user.ts'
import { isAlive, isServerOf } from '../../src/runtime/providers/embedded/postmaster-file.ts'
import { makeSite } from '../../src/runtime/providers/embedded/site.ts'

/** A real PostgreSQL in a temporary folder. */
export interface ThrowawayServer {
  /** Stays the same over restarts. */
  readonly url: string
  readonly port: number
  /** The server's process at this moment; undefined while it is down. */
  pid(): Promise<number | undefined>
  /** `kill -9`. Resolves when nobody answers any more. */
  kill(): Promise<void>
  /** An orderly shutdown that cuts off its clients. The data stay. */
  stop(): Promise<void>
  /** Starts it again, on the same port with the same data. */
  start(): Promise<void>
  /** Stops it and deletes its data. */
  destroy(): Promise<void>
}

const prefix = 'pikku-test-postgres-'

/**
 * Starts a PostgreSQL for one test file or one run.
 * @param fsync Default false: fast, and safe against everything but a power cut.
 */
export async function startThrowawayServer({ fsync = false } = {}): Promise<ThrowawayServer> {
  await removeLeftovers()
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
  await chmod(folder, 0o711)
  const user = isRoot() ? await systemUser() : undefined
  const site = makeSite(folder, user, await findBinaries(process.cwd(), user))
  const settings = {
    max_connections: 300,
    ...(fsync ? {} : { fsync: 'off', full_page_writes: 'off' }),
  }

  const pid = async () => (await findServer(site.cluster)).running?.pid
  const launch = async (port: number) => {
    let outcome = await startServer(site, port, settings)
    while (outcome === 'busy') outcome = await startServer(site, port, settings)
    return outcome === 'ready'
  }

  await ensureCluster(site, { durable: false })
  let port = await freePort()
  while (!(await launch(port))) port = await freePort()

  const url = `postgres://${databaseUser}:${await readPassword(site.cluster)}@127.0.0.1:${port}/postgres`
  return {
    url,
    port,
    pid,
    async kill() {
      const running = await pid()
      if (running === undefined) return
      const children = await childrenOf(url)
      process.kill(running, 'SIGKILL')
      for (const one of [running, ...children]) {
        while (await isServerOf(site.cluster, one)) await delay(10)
      }
    },
    stop: () => stopServer(site),
    async start() {
      if (!(await launch(port))) throw new Error(`port ${port} was taken by something else`)
    },
    async destroy() {
      await stopServer(site)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * The processes of a server beside its first: each serves one client, and may answer it once more after
 * the first has been killed.
 */
async function childrenOf(url: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ pid: number }>('SELECT pid FROM pg_stat_activity')
    return rows.map((row) => row.pid)
  } finally {
    await client.end()
  }
}

/** Stops and deletes the servers of test runs that were killed before they could do so. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const owner = Number.parseInt(name.slice(prefix.length))
    if (isAlive(owner)) continue
    const folder = join(tmpdir(), name)
    const { running } = await findServer(join(folder, 'cluster'))
    if (running) process.kill(running.pid, 'SIGQUIT')
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

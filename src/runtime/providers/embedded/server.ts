import { execFile, spawn } from 'node:child_process'
import { open, readFile, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import {
  isServerOf,
  readPostmasterFile,
  removeStaleFile,
  type PostmasterFile,
} from './postmaster-file.ts'
import { spawnOptions, type Site } from './site.ts'
import { spawnFailure, startFailure } from './start-failure.ts'

const maxLogBytes = 10 * 1024 * 1024
const startPatienceMs = 120_000
const stopPatienceMs = 30_000
const pollMs = 20

export type ServerSettings = Record<string, string | number>

/** Modest: the engine shares a developer's machine with everything else. */
const defaultSettings: ServerSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '32MB',
  log_checkpoints: 'off',
  // Statements carry payloads, which have no place in a log.
  log_min_error_statement: 'panic',
}

/** The cluster's server; or, when it died, the port that it had. */
export async function findServer(
  cluster: string,
): Promise<{ running?: PostmasterFile; lastPort?: number | undefined }> {
  const file = await readPostmasterFile(cluster)
  if (!file) return {}
  if (await isServerOf(cluster, file.pid)) return { running: file }
  await removeStaleFile(cluster, file.pid)
  return { lastPort: file.port }
}

/**
 * Starts a server that outlives this process and its terminal, and waits until it accepts
 * connections.
 *
 * @returns `busy` when another process starts one, or the last one's processes are not all gone yet;
 *   `port-taken` when something else listens on `port`.
 * @throws PikkuQueueError (engineStart, engineFolder)
 */
export async function startServer(
  site: Site,
  port: number,
  settings: ServerSettings = {},
): Promise<'ready' | 'busy' | 'port-taken'> {
  const log = await openLog(site.log)
  const options = Object.entries({ ...defaultSettings, port, ...settings })
  const child = spawn(
    site.binaries.postgres,
    ['-D', site.cluster, ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...spawnOptions(site),
      cwd: site.cluster,
      detached: true,
      stdio: ['ignore', log.handle.fd, log.handle.fd],
    },
  )
  child.unref()
  let failure: PikkuQueueError | undefined
  child.once('error', (error) => (failure = spawnFailure(site.binaries.postgres, error)))
  try {
    const deadline = Date.now() + startPatienceMs
    while (Date.now() < deadline) {
      if (failure) throw failure
      if (child.exitCode !== null || child.signalCode !== null) {
        return judge(site, (await readFile(site.log)).subarray(log.start).toString())
      }
      const file = await readPostmasterFile(site.cluster)
      if (file?.pid === child.pid && file?.status === 'ready') return 'ready'
      await delay(pollMs)
    }
  } finally {
    await log.handle.close()
  }
  throw stillBusy(site, 'starting', startPatienceMs)
}

/** Why a server that we started has gone again. */
function judge(site: Site, output: string): 'busy' | 'port-taken' {
  // It is empty for the moment between its being made and being written by another that starts.
  if (/lock file ".*" (already exists|is empty)|pre-existing shared memory block/.test(output))
    return 'busy'
  if (/Address already in use/.test(output)) return 'port-taken'
  throw startFailure(site, 'start', output)
}

/**
 * Stops the cluster's server, if there is one: open transactions are rolled back, connections are
 * closed. Returns when it is gone.
 * @throws PikkuQueueError (engineStart) when it is still there after 30 seconds.
 */
export async function stopServer(site: Site): Promise<void> {
  const { running } = await findServer(site.cluster)
  if (!running) return
  if (process.platform === 'win32') {
    const args = ['stop', '-D', site.cluster, '-m', 'fast', '-w']
    await promisify(execFile)(site.binaries.pgCtl, args, spawnOptions(site))
    return
  }
  process.kill(running.pid, 'SIGINT')
  const deadline = Date.now() + stopPatienceMs
  // Removing the file is the last thing the server does. (Its process may stay for longer, as a
  // zombie, when the process that started it is busy.)
  while ((await readPostmasterFile(site.cluster))?.pid === running.pid) {
    if (Date.now() > deadline) throw stillBusy(site, 'stopping', stopPatienceMs)
    if (!(await isServerOf(site.cluster, running.pid))) return
    await delay(pollMs)
  }
}

function stillBusy(site: Site, what: string, afterMs: number): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.engineStart,
    `the embedded PostgreSQL is still ${what} after ${afterMs / 1000} seconds`,
    { hint: `It goes on by itself; look into ${site.log}` },
  )
}

/** Opens the log for the server to write to; it starts afresh when it has grown too long. */
async function openLog(path: string) {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  const handle = await open(path, 'a', 0o600)
  if (size > maxLogBytes) await handle.truncate()
  return { handle, start: size > maxLogBytes ? 0 : size }
}

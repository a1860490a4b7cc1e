import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '../../src/runtime/providers/embedded/port.ts'
import { isAlive } from '../../src/runtime/providers/embedded/postmaster-file.ts'
import { findRedisBinary, type RedisBinary } from './redis-binary.ts'
import type { ThrowawayServer } from './throwaway-server.ts'

const prefix = 'pikku-test-redis-'

export interface RedisOptions {
  /** Which server. Default: what `findRedisBinary` finds. */
  binary?: RedisBinary
  /** What was acknowledged survives a kill. Default: nothing is kept on disk. */
  appendOnly?: boolean
  /** Further settings, as in redis.conf. */
  settings?: Record<string, string>
}

/** Starts a Redis in a temporary folder, for one test file or one run. */
export async function startRedisServer(options: RedisOptions = {}): Promise<ThrowawayServer> {
  await removeLeftovers()
  const binary = options.binary ?? (await findRedisBinary())
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
  let server: ChildProcess | undefined
  let port = await freePort()
  const launch = async () => {
    server = await start(binary, folder, port, options)
    return server !== undefined
  }
  while (!(await launch())) port = await freePort()

  const end = async (signal: NodeJS.Signals) => {
    if (!isRunning(server)) return
    server.kill(signal)
    await once(server, 'exit')
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: () => Promise.resolve(isRunning(server) ? server.pid : undefined),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async start() {
      if (!(await launch())) throw new Error(`port ${port} was taken by something else`)
    },
    async destroy() {
      await end('SIGTERM')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function isRunning(server: ChildProcess | undefined): server is ChildProcess {
  return server?.exitCode === null && server.signalCode === null
}

/** Undefined when the port is taken. */
async function start(
  { command, libraries }: RedisBinary,
  folder: string,
  port: number,
  { appendOnly = false, settings = {} }: RedisOptions,
): Promise<ChildProcess | undefined> {
  const all: Record<string, string> = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    pidfile: join(folder, 'redis.pid'),
    save: '',
    appendonly: appendOnly ? 'yes' : 'no',
    // Else it waits for a transfer of the data that nobody wants.
    'repl-diskless-sync-delay': '0',
    ...settings,
  }
  const file = join(folder, 'redis.conf')
  const lines = Object.entries(all).map(([name, value]) => `${name} ${value || '""'}\n`)
  await writeFile(file, lines.join(''))
  const server = spawn(command, [file], {
    cwd: folder,
    env: { ...process.env, ...(libraries && { LD_LIBRARY_PATH: libraries }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  for (const stream of [server.stdout, server.stderr]) {
    createInterface(stream).on('line', (line) => said.push(line))
  }
  const ready = Promise.withResolvers<boolean>()
  createInterface(server.stdout).on('line', (line) => {
    if (/Ready to accept connections|Server initialized as a replica/.test(line)) {
      ready.resolve(true)
    }
  })
  server.once('error', ready.reject)
  server.once('exit', () => ready.resolve(false))
  if (await ready.promise) return server
  if (said.some((line) => line.includes('Address already in use'))) return undefined
  throw new Error(`Redis did not start:\n${said.join('\n')}`)
}

/** Stops and deletes the servers of test runs that were killed before they could do so. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const owner = Number.parseInt(name.slice(prefix.length))
    if (isAlive(owner)) continue
    const folder = join(tmpdir(), name)
    const pid = Number(await readFile(join(folder, 'redis.pid'), 'utf8').catch(() => ''))
    // The number may be another process's by now.
    const home = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
    if (pid > 1 && home === folder) process.kill(pid, 'SIGKILL')
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A Redis or Valkey server that can be started. */
export interface RedisBinary {
  command: string
  /** Where the libraries are that the system lacks. */
  libraries: string | undefined
  /** Where it was found, for people. */
  origin: string
}

const names = ['redis-server', 'valkey-server']
const cache = join(import.meta.dirname, '../../node_modules/.cache/pikku-test-redis')

/**
 * The server on the PATH; else, on Debian and Ubuntu, the distribution's, unpacked beside our
 * packages: nothing is installed.
 * @throws Error that says what to install.
 */
export async function findRedisBinary(): Promise<RedisBinary> {
  const installed = await findInstalled()
  if (installed) return { command: installed, libraries: undefined, origin: installed }
  if (!(await exists(cache))) await fetchPackages()
  return unpacked(cache)
}

async function findInstalled(): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name)
      if (await exists(path)) return path
    }
  }
  return undefined
}

async function fetchPackages(): Promise<void> {
  console.log('there is no redis-server here: fetching the one of the distribution, for tests only')
  await mkdir(join(cache, '..'), { recursive: true })
  const folder = await mkdtemp(`${cache}-`)
  try {
    const packages = join(folder, 'packages')
    await mkdir(join(packages, 'partial'), { recursive: true })
    // Without its lists, apt knows no package.
    await download(packages).catch(async () => {
      await run('apt-get', ['update', '-q'])
      await download(packages)
    })
    for (const file of await readdir(packages)) {
      if (file.endsWith('.deb')) await run('dpkg', ['-x', join(packages, file), folder])
    }
    await rm(packages, { recursive: true })
    // Two runs may have fetched it at once; the first one's stays.
    await rename(folder, cache).catch(() => undefined)
  } catch (error) {
    throw new Error(
      'the tests need a Redis: install redis-server (or valkey-server), or set REDIS_URL',
      { cause: error },
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The server with exactly those libraries that the system lacks. */
async function download(folder: string): Promise<void> {
  await run('apt-get', [
    ...['install', '--download-only', '--no-install-recommends', '--yes', '-q'],
    ...['-o', 'Debug::NoLocking=1', '-o', `Dir::Cache::archives=${folder}`],
    'redis-server',
  ])
}

async function unpacked(folder: string): Promise<RedisBinary> {
  const command = join(folder, 'usr/bin/redis-server')
  const [triplet = ''] = await readdir(join(folder, 'usr/lib')).then((found) =>
    found.filter((name) => name.includes('-linux-')),
  )
  return { command, libraries: join(folder, 'usr/lib', triplet), origin: command }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

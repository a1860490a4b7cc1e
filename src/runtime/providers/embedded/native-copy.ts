import { chmod, cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exists, isErrno } from './file-checks.ts'
import { findBarrier, type ServerUser } from './server-user.ts'
import { createSharedFolder, sharedPlace } from './shared-place.ts'

/** What PostgreSQL reads from its installation. */
const needed = ['bin', 'lib', 'share/postgresql']

/**
 * The installation `native` itself, or a copy of it in a place where `user` can run it: node_modules
 * is often under a home folder that is closed to others.
 */
export async function reachableFor(
  user: ServerUser,
  native: string,
  version: string,
): Promise<string> {
  const barriers = await Promise.all(needed.map((part) => findBarrier(join(native, part), user)))
  if (!barriers.some(Boolean)) return native

  const place = sharedPlace(`postgresql-${version}`)
  await createSharedFolder(place)
  const copy = join(place, 'native')
  if (await exists(copy)) return copy

  const unfinished = await mkdtemp(join(place, 'unfinished-'))
  try {
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true })
    await openToAll(unfinished)
    await rename(unfinished, copy)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Another process was quicker.
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error
  }
  return copy
}

/** Lets every user read, whatever umask the installation was made under. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    const program = entry.isDirectory() || entry.parentPath.endsWith('bin')
    if (!entry.isSymbolicLink()) await chmod(path, program ? 0o755 : 0o644)
  }
}

import { createHash } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import { isErrno } from './file-checks.ts'

/** Survives a restart of the machine, unlike /tmp, and every user may pass through it. */
const base = '/var/tmp/pikku-queue'

/**
 * Where root keeps things that the server's user could not reach at `path`. One place for each path,
 * told apart by a hash, with the path's last name in front for people.
 */
export function sharedPlace(path: string): string {
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 12)
  return join(base, `${basename(path).replace(/[^\w.-]/g, '_')}-${hash}`)
}

/**
 * Creates `folder` under the shared base. Anyone may write to /var/tmp, so a base or folder that
 * somebody else put there first (a symlink, say) is refused.
 * @throws PikkuQueueError (engineFolder) when it is not ours.
 */
export async function createSharedFolder(folder: string): Promise<void> {
  for (const path of [base, folder]) {
    await mkdir(path, { mode: 0o755 }).catch((error: unknown) => {
      if (!isErrno(error, 'EEXIST')) throw error
    })
    const found = await lstat(path)
    const ours = found.isDirectory() && found.uid === process.getuid?.()
    if (!ours || (found.mode & 0o022) !== 0) {
      throw new PikkuQueueError(
        errorCodes.engineFolder,
        `${path} is needed for the embedded PostgreSQL, but another user made it or can write to it`,
        { hint: 'Look at what it is and remove it, or name another folder with PIKKU_DATA_DIR.' },
      )
    }
  }
}

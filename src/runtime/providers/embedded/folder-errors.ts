import { errorCodes, PikkuQueueError } from '../../errors.ts'
import { isErrno } from './file-checks.ts'

/** The error for a data folder that cannot be used. Nothing in it has been changed. */
export function badFolder(
  folder: string,
  reason: string,
  hint = 'Name another folder with PIKKU_DATA_DIR.',
  cause?: unknown,
): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.engineFolder,
    `the data folder ${folder} of the embedded PostgreSQL cannot be used: ${reason}`,
    { hint, cause },
  )
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'it, or a folder above it, is a file',
  EEXIST: 'it is a file',
  ELOOP: 'it is a symlink to itself',
  ENAMETOOLONG: 'its name is too long',
}

/** The file system's refusal as an error for people; any other error as it is. */
export function explainFileError(folder: string, error: unknown): unknown {
  if (!isErrno(error, ...Object.keys(reasons))) return error
  const reason = reasons[error.code ?? ''] ?? error.message
  const where = error.path && error.path !== folder ? ` (${error.path})` : ''
  return badFolder(folder, reason + where, undefined, error)
}

import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCodes, PikkuQueueError } from '../../errors.ts'

/**
 * The OS user that PostgreSQL runs as. It refuses to run as root, so for root it is another one;
 * for everybody else it is undefined: the current user.
 */
export interface ServerUser {
  name: string
  uid: number
  gid: number
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * The user to run as when we are root: `postgres` if the system has it, else `nobody`.
 * @throws PikkuQueueError (engineStart) when there is neither.
 */
export async function systemUser(): Promise<ServerUser> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const users = passwd.split('\n').map(parseUser)
  for (const name of ['postgres', 'nobody']) {
    const user = users.find((candidate) => candidate?.name === name)
    if (user) return user
  }
  throw new PikkuQueueError(
    errorCodes.engineStart,
    'PostgreSQL refuses to run as root, and this system has neither a user "postgres" nor "nobody"',
    { hint: 'Run as an ordinary user, or set DATABASE_URL and use --provider pg-boss.' },
  )
}

function parseUser(line: string): ServerUser | undefined {
  const [name, , uid, gid] = line.split(':')
  if (!name || !uid || !gid) return undefined
  // macOS writes nobody's ids as -2; the kernel wants them unsigned.
  return { name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }
}

/**
 * The first of the folders `path` and its ancestors that `user` may not pass through, or undefined
 * when the way is free. Judged by mode bits alone.
 */
export async function findBarrier(path: string, user: ServerUser): Promise<string | undefined> {
  const found = await stat(path)
  const execute = found.uid === user.uid ? 0o100 : found.gid === user.gid ? 0o010 : 0o001
  if (found.isDirectory() && (found.mode & execute) === 0) return path
  const parent = dirname(path)
  return parent === path ? undefined : findBarrier(parent, user)
}

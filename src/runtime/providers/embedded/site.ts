import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { ServerUser } from './server-user.ts'

/** Everything about one engine that does not change while it exists. */
export interface Site {
  /** What the user calls the data folder; ours alone. */
  folder: string
  /** PostgreSQL's own data folder, inside `folder`. */
  cluster: string
  log: string
  user: ServerUser | undefined
  binaries: Binaries
}

export function makeSite(folder: string, user: ServerUser | undefined, binaries: Binaries): Site {
  return { folder, cluster: clusterIn(folder), log: join(folder, 'postgres.log'), user, binaries }
}

export function clusterIn(folder: string): string {
  return join(folder, 'cluster')
}

/**
 * How to spawn a program of PostgreSQL. Its environment is bare: variables like PGDATA would change
 * what it does, and as root it runs as another user, who must not see our secrets.
 */
export function spawnOptions({ user }: Site) {
  const passed = ['PATH', 'LD_LIBRARY_PATH', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot']
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C' }
  for (const name of passed) if (process.env[name] !== undefined) env[name] = process.env[name]
  return { env, windowsHide: true, ...(user && { uid: user.uid, gid: user.gid }) }
}

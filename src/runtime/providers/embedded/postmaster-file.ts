import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isErrno } from './file-checks.ts'

/** What `postmaster.pid` in the cluster says of the server; PostgreSQL writes and removes it. */
export interface PostmasterFile {
  pid: number
  /** Missing while the server is only beginning to start. */
  port: number | undefined
  status: 'starting' | 'ready' | 'stopping'
}

function pathOf(cluster: string): string {
  return join(cluster, 'postmaster.pid')
}

export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(pathOf(cluster), 'utf8').catch(() => '')
  // Line by line: pid, data folder, start time, port, socket folder, address, shared memory, status.
  const lines = text.split('\n').map((line) => line.trim())
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 1) return undefined
  const status = lines[7]
  return {
    pid,
    port: Number(lines[3]) || undefined,
    status: status === 'ready' || status === 'stopping' ? status : 'starting',
  }
}

/**
 * Whether the process that the file names is really the cluster's server. After a power cut or a
 * restart of a container the number may belong to any other process.
 */
export async function isServerOf(cluster: string, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform === 'linux') return worksIn(pid, cluster)
  if (process.platform === 'win32') return true
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'comm=']).catch(
    () => ({ stdout: 'postgres' }), // Cannot tell: believe the file.
  )
  return stdout.includes('postgres')
}

/** Whether there is such a process and it may be ours: another user's is not the cluster's server. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * Removes the file that `stalePid` left. PostgreSQL does so itself when no process has that number;
 * when one has, it takes it for a server and refuses to start. Another server's file stays, and so does one that
 * is still empty: a server that has lost it lives on without being found, and shuts down a minute later.
 */
export async function removeStaleFile(cluster: string, stalePid: number): Promise<void> {
  if ((await readPostmasterFile(cluster))?.pid !== stalePid) return
  const path = pathOf(cluster)
  const aside = `${path}.stale-${randomUUID()}`
  try {
    // Moved before it is looked at again, since another process may have started a server just now.
    await rename(path, aside)
  } catch {
    return
  }
  if (Number.parseInt(await readFile(aside, 'utf8')) === stalePid) await rm(aside, { force: true })
  else await rename(aside, path)
}

/**
 * A server works in its cluster's folder. Compared by inode, since the path may be another name. A
 * zombie has no working folder: containers often lack an init process that clears them away.
 */
async function worksIn(pid: number, cluster: string): Promise<boolean> {
  try {
    const [its, ours] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(cluster)])
    return its.ino === ours.ino && its.dev === ours.dev
  } catch (error) {
    // Not allowed to look: believe the file.
    return !isErrno(error, 'ENOENT')
  }
}

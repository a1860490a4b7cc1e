import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  isServerOf,
  readPostmasterFile,
} from '../../src/runtime/providers/embedded/postmaster-file.ts'
import { clusterIn } from '../../src/runtime/providers/embedded/site.ts'

/** A temporary folder that every user can pass, deleted when the test has finished. */
export async function temporaryFolder(mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pikku-embedded-'))
  await chmod(folder, mode)
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/**
 * A folder for an engine's data. When the test has finished, a server that is still there fails the
 * test; it is killed, so that nothing stays behind.
 */
export async function engineFolder(): Promise<string> {
  const folder = join(await temporaryFolder(), 'data')
  onTestFinished(() => expectNoServer(folder))
  return folder
}

export async function expectNoServer(folder: string): Promise<void> {
  const pid = await serverPid(folder)
  if (pid === undefined) return
  await killServer(folder)
  throw new Error(`the server of ${folder} (process ${pid}) was left running`)
}

/**
 * The process of the folder's server; undefined when none runs. It only looks: what a server left behind
 * is for those who start the next one to clear away.
 */
export async function serverPid(folder: string): Promise<number | undefined> {
  const cluster = clusterIn(folder)
  const file = await readPostmasterFile(cluster)
  return file && (await isServerOf(cluster, file.pid)) ? file.pid : undefined
}

/** `kill -9` of the folder's server. Resolves when it is gone. */
export async function killServer(folder: string): Promise<void> {
  const pid = await serverPid(folder)
  if (pid === undefined) throw new Error(`${folder} has no server to kill`)
  process.kill(pid, 'SIGKILL')
  while (await isServerOf(clusterIn(folder), pid)) await new Promise(setImmediate)
}

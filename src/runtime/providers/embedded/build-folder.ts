import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { exists } from './file-checks.ts'
import { isAlive } from './postmaster-file.ts'
import type { Site } from './site.ts'

/*
 * Clusters are built in folders named building-<time>-<process>-<random>. The names tell processes
 * that start together who began first; the others wait for it rather than do the work twice. That is
 * only to save work: moving the finished cluster into place is what decides.
 */
const pattern = /^building-(\d+)-(\d+)-\w+$/
const pollMs = 50
/** Longer than any build takes; after that the builder is not waited for. */
const waitAtMostMs = 30_000
/** Longer than any build could possibly take; after that its folder is garbage. */
const abandonedAfterMs = 10 * 60_000

/** Makes a folder to build in, and removes those of processes that were killed while building. */
export async function makeBuildFolder(folder: string): Promise<string> {
  for (const { name, age } of await listBuilds(folder)) {
    if (age > abandonedAfterMs) await rm(join(folder, name), { recursive: true, force: true })
  }
  const name = `building-${Date.now()}-${process.pid}-${randomBytes(4).toString('hex')}`
  await mkdir(join(folder, name), { mode: 0o700 })
  return join(folder, name)
}

/** Waits while a process that began before `own` builds. False when nobody does (any more). */
export async function othersBuilt(site: Site, own: string): Promise<boolean> {
  for (;;) {
    if (await exists(site.cluster)) return true
    const earlier = (await listBuilds(site.folder)).filter(
      ({ name, pid, age }) => name < basename(own) && age < waitAtMostMs && isAlive(pid),
    )
    if (earlier.length === 0) return exists(site.cluster)
    await delay(pollMs)
  }
}

async function listBuilds(folder: string) {
  return (await readdir(folder)).flatMap((name) => {
    const match = pattern.exec(name)
    return match ? [{ name, age: Date.now() - Number(match[1]), pid: Number(match[2]) }] : []
  })
}

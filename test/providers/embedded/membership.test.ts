import { chown, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { joinEngine } from '../../../src/runtime/providers/embedded/engine.ts'
import { engineFolder, serverPid } from '../../support/engine-folder.ts'
import { startMember } from '../../support/member-process.ts'
import { silentLogger } from '../../support/silent-logger.ts'

vi.setConfig({ testTimeout: 90_000 })

describe('one engine for all processes of a folder', () => {
  it('is started by the first, joined by the second, and stopped by the last to leave', async () => {
    const dataDir = await engineFolder()
    const first = await startMember({ dataDir })
    expect(first.startedHere).toBe(true)
    await first.query('CREATE TABLE note AS SELECT 1 AS n')

    const second = await startMember({ dataDir })
    expect(second).toMatchObject({ startedHere: false, port: first.port, dataDir })

    await first.leave()
    expect(await second.query('SELECT n FROM note')).toEqual([{ n: 1 }])

    await second.leave()
    expect(await serverPid(dataDir)).toBeUndefined()
  })

  it('keeps its data, durably, over a stop and a start', async () => {
    const dataDir = await engineFolder()
    const before = await startMember({ dataDir })
    await before.query('CREATE TABLE note AS SELECT 7 AS n')
    expect(await before.query('SHOW fsync')).toEqual([{ fsync: 'on' }])
    await before.leave()

    const after = await startMember({ dataDir })
    expect(after.startedHere).toBe(true)
    expect(await after.query('SELECT n FROM note')).toEqual([{ n: 7 }])
    await after.leave()
  })

  it('outlives a Ctrl-C in the terminal of the process that started it', async () => {
    const dataDir = await engineFolder()
    const starter = await startMember({ dataDir })
    const other = await startMember({ dataDir })
    await starter.interruptGroup()
    expect(await other.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    await other.leave()
  })

  it('may be joined several times by one process', async () => {
    const options = { dataDir: await engineFolder(), logger: silentLogger }
    const engines = await Promise.all([joinEngine(options), joinEngine(options)])
    expect(engines[0].port).toBe(engines[1].port)
    await engines[0].leave()
    await engines[0].leave()
    expect(await serverPid(options.dataDir)).toBeDefined()
    await engines[1].leave()
    expect(await serverPid(options.dataDir)).toBeUndefined()
  })

  it('tells the password to nobody, and is never committed', async () => {
    const dataDir = await engineFolder()
    const member = await startMember({ dataDir })
    const file = join(dataDir, 'cluster', 'pikku-password')
    const password = (await readFile(file, 'utf8')).trim()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await member.leave()
    const log = await readFile(join(dataDir, 'postgres.log'), 'utf8')
    expect(log).toContain('ready to accept connections')
    expect(log + member.logs.join()).not.toContain(password)
    expect(await readFile(join(dataDir, '.gitignore'), 'utf8')).toBe('*\n')
  })
})

describe('races', () => {
  it.for([1, 2, 3])('several start at once on an empty folder, round %i', async () => {
    const dataDir = await engineFolder()
    const members = await Promise.all([1, 2, 3].map(() => startMember({ dataDir })))
    expect(new Set(members.map(({ port }) => port)).size).toBe(1)
    expect(members.filter(({ startedHere }) => startedHere)).toHaveLength(1)
    await members[0]?.query('CREATE TABLE note AS SELECT 1 AS n')
    expect(await members[1]?.query('SELECT n FROM note')).toEqual([{ n: 1 }])

    await Promise.all(members.map((member) => member.leave()))
    expect(await serverPid(dataDir)).toBeUndefined()
  })

  it('joining while the last one is leaving always ends up with a server', async () => {
    const options = { dataDir: await engineFolder(), logger: silentLogger }
    let previous = await joinEngine(options)
    for (let round = 0; round < 15; round += 1) {
      const leaving = previous.leave()
      await new Promise((resolve) => setTimeout(resolve, round * 4))
      const next = await joinEngine(options)
      await leaving
      expect(await serverPid(options.dataDir)).toBeDefined()
      previous = next
    }
    await previous.leave()
  })

  it('one that finds a lock file that is still empty waits for whoever is making it', async () => {
    const dataDir = await engineFolder()
    await (await joinEngine({ dataDir, logger: silentLogger })).leave()
    const lock = join(dataDir, 'cluster', 'postmaster.pid')
    const { uid, gid } = await stat(join(dataDir, 'cluster'))
    await writeFile(lock, '', { mode: 0o600 })
    await chown(lock, uid, gid)
    const joining = joinEngine({ dataDir, logger: silentLogger })
    const isRefused = async () =>
      (await readFile(join(dataDir, 'postgres.log'), 'utf8')).includes('is empty')
    await vi.waitUntil(isRefused, { timeout: 30_000 })
    await rm(lock)
    await (await joining).leave()
    expect(await serverPid(dataDir)).toBeUndefined()
  })

  it('many that come and go at once leave no server behind', async () => {
    const options = { dataDir: await engineFolder(), logger: silentLogger }
    await Promise.all(
      [0, 1, 2, 3].map(async () => {
        for (let round = 0; round < 5; round += 1) await (await joinEngine(options)).leave()
      }),
    )
    expect(await serverPid(options.dataDir)).toBeUndefined()
  })
})

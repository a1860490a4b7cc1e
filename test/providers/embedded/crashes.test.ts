import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { engineFolder, killServer, serverPid } from '../../support/engine-folder.ts'
import { startMember } from '../../support/member-process.ts'

vi.setConfig({ testTimeout: 90_000 })

describe('kill -9 of a member', () => {
  it('leaves the server running, and the next process joins it and stops it in the end', async () => {
    const dataDir = await engineFolder()
    const killed = await startMember({ dataDir })
    await killed.query('CREATE TABLE note AS SELECT 5 AS n')
    const server = await serverPid(dataDir)
    await killed.kill()
    expect(server).toBeDefined()
    expect(await serverPid(dataDir)).toBe(server)

    const next = await startMember({ dataDir })
    expect(next).toMatchObject({ startedHere: false, port: killed.port })
    expect(await next.query('SELECT n FROM note')).toEqual([{ n: 5 }])
    await next.leave()
    expect(await serverPid(dataDir)).toBeUndefined()
  })

  it('does not keep the others from stopping the server when they leave', async () => {
    const dataDir = await engineFolder()
    const killed = await startMember({ dataDir })
    const other = await startMember({ dataDir })
    await killed.kill()
    // Its connection ends with it, which the server hears a moment later.
    const members = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'pikku member'`
    await expect.poll(() => other.query(members), { timeout: 15_000 }).toEqual([{ n: 1 }])
    await other.leave()
    expect(await serverPid(dataDir)).toBeUndefined()
  })
})

describe('kill -9 of the server', () => {
  it('is mended by its members, on the same port and without loss', async () => {
    const dataDir = await engineFolder()
    const members = await Promise.all([startMember({ dataDir }), startMember({ dataDir })])
    await members[0].query('CREATE TABLE note AS SELECT 3 AS n')
    await killServer(dataDir)
    for (const member of members) {
      await vi.waitFor(
        async () => {
          expect(await member.query('SELECT n FROM note')).toEqual([{ n: 3 }])
          // Until then it may use the server, and yet be nobody for whom another would leave it running.
          expect(member.logs).toContainEqual(expect.stringContaining('is back'))
        },
        { timeout: 15_000, interval: 50 },
      )
    }
    expect(members[0].logs).toContainEqual(expect.stringContaining('went away'))

    await members[0].leave()
    expect(await members[1].query('SELECT n FROM note')).toEqual([{ n: 3 }])
    await members[1].leave()
    expect(await serverPid(dataDir)).toBeUndefined()
  })
})

describe('everything killed at once, as by a power cut', () => {
  it('is started again on the port it had, with its data', async () => {
    const dataDir = await engineFolder()
    const { port } = await crashedEngine(dataDir)
    const next = await startMember({ dataDir })
    expect(next).toMatchObject({ startedHere: true, port })
    expect(await next.query('SELECT n FROM note')).toEqual([{ n: 1 }])
    await next.leave()
  })

  it('is started on another port when that one is taken', async () => {
    const dataDir = await engineFolder()
    const { port } = await crashedEngine(dataDir)
    const occupant = createServer()
    await new Promise<void>((resolve) => occupant.listen(port, '127.0.0.1', resolve))
    onTestFinished(() => void occupant.close())

    const next = await startMember({ dataDir })
    expect(next.startedHere).toBe(true)
    expect(next.port).not.toBe(port)
    expect(await next.query('SELECT n FROM note')).toEqual([{ n: 1 }])
    await next.leave()
  })

  it('is not kept down by an unrelated process that now has the number of the dead server', async () => {
    const dataDir = await engineFolder()
    await crashedEngine(dataDir)
    const pidFile = join(dataDir, 'cluster', 'postmaster.pid')
    const lines = (await readFile(pidFile, 'utf8')).split('\n')
    await writeFile(pidFile, [process.pid, ...lines.slice(1)].join('\n'))

    const next = await startMember({ dataDir })
    expect(next.startedHere).toBe(true)
    expect(await next.query('SELECT n FROM note')).toEqual([{ n: 1 }])
    await next.leave()
  })
})

/** An engine with a table `note`, whose server and only member have both been killed. */
async function crashedEngine(dataDir: string): Promise<{ port: number }> {
  const member = await startMember({ dataDir })
  await member.query('CREATE TABLE note AS SELECT 1 AS n')
  await member.kill()
  await killServer(dataDir)
  return member
}

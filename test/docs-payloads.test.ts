import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { blocksOf } from './support/code-page.ts'
import { projectOf, runGenerate } from './support/project.ts'
import { repository } from './support/user-project.ts'

const wiring = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
interface Email { to: Address }
interface Address { mailbox: string }
wireQueueWorker({ queue: 'email', func: pikkuSessionlessFunc<Email, void>(async () => {}) })
`

it('what the page has other programs do with the contracts tells payloads that fit', async () => {
  const page = readFileSync(join(repository, 'docs/payloads.md'), 'utf8')
  const [script, ...others] = blocksOf(page).filter(({ language }) => language === 'js')
  expect(others).toEqual([])
  const root = await projectOf({ 'src/email.ts': wiring })
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'))
  expect(await runGenerate(root)).toMatchObject({ exitCode: 0 })

  const cwd = join(root, '.pikku')
  const asked = `console.log(isEmail({ to: { mailbox: 'ada' } }), isEmail({ to: 'ada' }))`
  await writeFile(join(cwd, 'check.mjs'), `${script?.text ?? ''}${asked}\n`)
  const { stdout } = await promisify(execFile)(process.execPath, ['check.mjs'], { cwd })
  expect(stdout).toBe('true false\n')
})

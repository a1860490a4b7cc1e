import { existsSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bundleWorker } from '../src/cli/bundle/bundle-worker.ts'
import { build } from '../src/cli/commands/build.ts'
import { listQueues } from '../src/cli/commands/queues/list.ts'
import { reportDiagnostics } from '../src/cli/report.ts'
import { type Block, commandsOf, filesOf, readPages } from './support/code-page.ts'
import { initAgain } from './support/init.ts'
import { projectOf, runGenerate } from './support/project.ts'
import { runQueues, seatAt } from './support/seat.ts'
import { isProviderName } from '../src/runtime/capabilities.ts'
import { typeErrors } from './support/type-check.ts'
import { repository } from './support/user-project.ts'

/**
 * A run on a project's files does not cause them: PKQ001 is about a folder that is in none, PKQ013 about
 * `--watch` (test/e2e/watch.test.ts has it), PKQ018 and PKQ019 about `pikku init` in other places
 * (test/cli/init-refusals.test.ts has them).
 */
const notFromFiles = ['PKQ001', 'PKQ013', 'PKQ018', 'PKQ019']

const pages = readPages().filter(({ code }) => /^PKQ[0-3]/.test(code))

/** What a project has that the page is not about. */
const source = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
const sendEmail = pikkuSessionlessFunc<{ to: string }>(async () => {})
wireQueueWorker({ queue: 'email', func: sendEmail })
`

/** What is printed when the commands of the blocks are run on their files. */
async function run(blocks: readonly Block[]): Promise<{ root: string; stderr: string }> {
  const files = filesOf(blocks)
  const hasSource = Object.values(files).some((text) => /pikkuSession|wireQueue/.test(text))
  const root = await projectOf({ ...(!hasSource && { 'src/email.ts': source }), ...files })
  const commands = commandsOf(blocks)
  let stderr = ''
  for (const command of commands.length > 0 ? commands : ['npx pikku generate']) {
    stderr = await runCommand(root, command)
  }
  return { root, stderr: stderr.replace(/^\d+ errors?; nothing was written\n$/m, '').trimEnd() }
}

async function runCommand(root: string, command: string): Promise<string> {
  if (command === 'npx pikku init --yes') return (await initAgain(root)).stderr
  if (command.startsWith('npx pikku build ')) return runBuild(root, command)
  if (command === 'npx pikku queues list') {
    return (await runQueues(listQueues, seatAt(root, null, false))).stderr
  }
  const run = await runGenerate(root, { check: command.endsWith(' --check') })
  if (command !== 'npx pikku worker' || run.exitCode !== 0) return run.stderr
  const entry = join(root, '.pikku/pikku-worker.embedded.gen.ts')
  const bundle = await bundleWorker(root, entry, join(root, 'tsconfig.json'))
  let stderr = run.stderr
  const output = { write: (text: string) => (stderr += text) }
  if ('diagnostics' in bundle) reportDiagnostics(bundle.diagnostics, { root, output })
  return stderr
}

async function runBuild(root: string, command: string): Promise<string> {
  const flag = (name: string) => new RegExp(`--${name} (\\S+)`).exec(command)?.[1]
  const provider = flag('provider')
  const modules = join(root, 'node_modules')
  if (!existsSync(modules)) {
    await mkdir(modules)
    await symlink(repository, join(modules, 'pikku-queue'))
  }
  let stderr = ''
  await build({
    cwd: root,
    provider: provider !== undefined && isProviderName(provider) ? provider : undefined,
    target: flag('target') === 'lambda' ? 'lambda' : 'node',
    outFile: flag('out-file'),
    minify: false,
    external: flag('external')?.split(',') ?? [],
    stdout: { write: () => undefined },
    stderr: { write: (text: string) => (stderr += text) },
    generate: async (name) => (await runGenerate(root, { run: name })).exitCode,
  })
  return stderr
}

describe('what the pages say of', { timeout: 60_000 }, () => {
  it.each(pages.filter(({ code }) => !notFromFiles.includes(code)))('$code', async (page) => {
    expect(page.printed).toBeDefined()
    const caused = await run(page.causes)
    const codes = [...caused.stderr.matchAll(/(?:error|warning) (PKQ\d+):/g)].map(([, it]) => it)
    expect([...new Set(codes)], caused.stderr).toEqual([page.code])
    await expect(page.printing(caused.stderr)).toMatchFileSnapshot(page.path)

    const corrected = await run(page.corrected)
    expect(corrected.stderr).toBe('')
    expect(typeErrors(corrected.root)).toEqual([])
  })
})

it('what the page says of PKQ001, which no file of a project causes', async () => {
  const { stderr } = await runGenerate('/')
  const page = pages.find(({ code }) => code === 'PKQ001')
  expect(page?.printed).toBe(stderr.replace(/\n\d+ error.*\n$/, ''))
})

import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { generate, type GenerateOptions } from '../../src/cli/commands/generate.ts'

export const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))

/** A copy of a fixture's input in a temporary folder, deleted when the test has finished. */
export async function copyFixture(name: string): Promise<string> {
  const root = await temporaryProject()
  const expected = join(fixtures, name, 'expected')
  await cp(join(fixtures, name), root, { recursive: true, filter: (path) => path !== expected })
  return root
}

/**
 * A project of the given files; package.json and tsconfig.json are there unless they are given. It is
 * deleted when the test has finished, or by what `whenToDelete` is given.
 */
export async function projectOf(
  files: Record<string, string | null>,
  whenToDelete?: (remove: () => Promise<void>) => void,
): Promise<string> {
  const root = await temporaryProject(whenToDelete)
  const all: Record<string, string | null> = {
    'package.json': packageJson,
    'tsconfig.json': tsconfigJson,
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    if (text === null) continue
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return root
}

const packageJson = JSON.stringify({ type: 'module', imports: { '#pikku/*': './.pikku/*' } })
const tsconfigJson = JSON.stringify({
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023'],
    types: ['node'],
    module: 'NodeNext',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    erasableSyntaxOnly: true,
    noUnusedLocals: true,
    noEmit: true,
  },
  include: ['src'],
})

async function temporaryProject(
  whenToDelete: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'pikku-project-')))
  whenToDelete(() => rm(root, { recursive: true, force: true }))
  return root
}

export interface GenerateRun {
  exitCode: number
  stdout: string
  stderr: string
}

/** Runs `pikku generate` in the folder, in this process. */
export async function runGenerate(
  cwd: string,
  options: Partial<GenerateOptions> = {},
): Promise<GenerateRun> {
  const run = { exitCode: 0, stdout: '', stderr: '' }
  run.exitCode = await generate({
    cwd,
    json: false,
    check: false,
    quiet: false,
    stdout: { write: (text: string) => (run.stdout += text) },
    stderr: { write: (text: string) => (run.stderr += text) },
    ...options,
  })
  return run
}

/**
 * Every file below the folder with its text, by path with forward slashes, sorted; without what a run
 * remembers for the next.
 */
export async function filesIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries
    .filter((it) => it.isFile())
    .map((it) => join(it.parentPath, it.name))
    .filter((path) => !path.includes(join('.pikku', 'cache')))
  const files = new Map<string, string>()
  for (const path of paths.sort()) {
    files.set(relative(folder, path).split(sep).join('/'), await readFile(path, 'utf8'))
  }
  return files
}

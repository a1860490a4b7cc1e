import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fixtures, filesIn, projectOf, runGenerate } from './project.ts'

/** The table of wiring forms: each folder in it is a project, with what comes of it in `expected/`. */
export const table = join(fixtures, 'wirings')

/** What a case's own tsconfig.json extends. The generated files have to compile under all of it. */
const strict = JSON.stringify({
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023'],
    types: ['node'],
    module: 'NodeNext',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    erasableSyntaxOnly: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noEmit: true,
  },
})

const defaults = {
  'tsconfig.strict.json': strict,
  'tsconfig.json': JSON.stringify({ extends: './tsconfig.strict.json', include: ['src'] }),
}

export interface Outcome {
  root: string
  exitCode: number
  /** Generated files by name, and what was printed as `diagnostics.txt`, when it was anything. */
  files: Map<string, string>
  /** Absolute paths of the generated sources. */
  sources: string[]
}

/** Generates a copy of the case, with the defaults for what it does not bring itself. */
export async function generateCase(name: string): Promise<Outcome> {
  const root = await projectOf(defaults)
  const expected = join(table, name, 'expected')
  await cp(join(table, name), root, { recursive: true, filter: (path) => path !== expected })
  await linkWorkspace(root)

  const { exitCode, stderr } = await runGenerate(root)
  const files = new Map<string, string>()
  const sources: string[] = []
  for (const [path, text] of await filesIn(root)) {
    if (!/\.gen\.(ts|json)$/.test(path)) continue
    files.set(basename(path), text)
    if (path.endsWith('.ts')) sources.push(join(root, path))
  }
  if (stderr !== '') files.set('diagnostics.txt', stderr)
  return { root, exitCode, files, sources }
}

/** Links every package in `packages/` into node_modules, as a package manager does. */
async function linkWorkspace(root: string): Promise<void> {
  const packages = join(root, 'packages')
  if (!existsSync(packages)) return
  for (const folder of await readdir(packages)) {
    const manifest: unknown = JSON.parse(
      await readFile(join(packages, folder, 'package.json'), 'utf8'),
    )
    const link = join(root, 'node_modules', nameIn(manifest))
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(packages, folder), link)
  }
}

function nameIn(manifest: unknown): string {
  if (typeof manifest === 'object' && manifest !== null && 'name' in manifest) {
    if (typeof manifest.name === 'string') return manifest.name
  }
  throw new Error('a package of the workspace has no name')
}

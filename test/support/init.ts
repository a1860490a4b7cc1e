import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { init, type InitOptions } from '../../src/cli/commands/init.ts'
import { filesIn, projectOf } from './project.ts'

export interface InitRun {
  root: string
  exitCode: number
  stdout: string
  stderr: string
  /** The files that are others than before. */
  changed: Record<string, string>
}

/**
 * Runs `pikku init --yes`, in this process, in the folder `shop` of the files; what is not of the folder
 * lies around it, as `../package.json`.
 */
export async function initIn(
  files: Record<string, string>,
  options: Partial<InitOptions> = {},
): Promise<InitRun> {
  const inShop = Object.entries(files).map(([path, text]) => [join('shop', path), text] as const)
  const around = await projectOf({
    'package.json': null,
    'tsconfig.json': null,
    ...Object.fromEntries(inShop),
  })
  const root = join(around, 'shop')
  await mkdir(root, { recursive: true })
  return await initAgain(root, options)
}

/** Runs it in a folder that is there. */
export async function initAgain(
  root: string,
  options: Partial<InitOptions> = {},
): Promise<InitRun> {
  const before = await filesIn(root)
  const run = { root, exitCode: 0, stdout: '', stderr: '' }
  run.exitCode = await init({
    cwd: root,
    provider: undefined,
    sources: undefined,
    yes: true,
    install: false,
    env: {},
    stdout: { write: (text: string) => (run.stdout += text) },
    stderr: { write: (text: string) => (run.stderr += text) },
    ...options,
  })
  const after = [...(await filesIn(root))]
  const changed = Object.fromEntries(after.filter(([path, text]) => before.get(path) !== text))
  return { ...run, changed }
}

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The project's own settings. */
export const configFile = 'pikku.config.json'

/** Names that a program may come to include, or that decide how it resolves its imports. */
export const mayMatter = (name: string): boolean => /\.([cm]?[jt]s|[jt]sx|json)$/.test(name)

/** What decides how all other files are read. */
export const isConfiguration = (name: string): boolean =>
  /^(package\.json|tsconfig.*\.json)$/.test(name)

/** Installed packages, as the package managers record them: their types matter too. */
export const installations: readonly string[] = [
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.yarn-state.yml',
  'package-lock.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
]

/** The package.json that holds for a project without one of its own, relative to its root. */
export function manifestAbove(root: string): string | null {
  for (let here = root, path = 'package.json'; ; here = dirname(here), path = `../${path}`) {
    if (existsSync(join(here, 'package.json'))) return here === root ? null : path
    if (dirname(here) === here) return null
  }
}

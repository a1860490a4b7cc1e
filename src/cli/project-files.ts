import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'

/** The project's own settings. */
export const configFile = 'pikku.config.json'

/** Names that a program may come to include, or that decide how it resolves its imports. */
export const mayMatter = (name: string): boolean => /\.([cm]?[jt]s|[jt]sx|json)$/.test(name)

/** What decides how all other files are read. */
export const isConfiguration = (name: string): boolean =>
  /^(package\.json|tsconfig.*\.json)$/.test(name)

/** Names that a walk through a project passes over, as TypeScript's own patterns do. */
export const isPassedOver = (name: string): boolean =>
  name === 'node_modules' || /^\.(?!\.?$)/.test(name)

/** Whether such a walk comes by a file; both absolute. */
export function isWalked(root: string, path: string): boolean {
  const way = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : relative(root, path)
  return !isAbsolute(way) && !/(^|[/\\])(\.|node_modules[/\\])/.test(way)
}

/** Installed packages, as the package managers record them: their types matter too. */
const installations: readonly string[] = [
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.yarn-state.yml',
  'package-lock.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
]

/** Relative to the root, and leading out of it: in a workspace packages are installed, and recorded, above. */
export function installationsAround(root: string): string[] {
  const found: string[] = []
  for (let here = root, way = ''; ; here = dirname(here), way += '../') {
    found.push(...installations.map((path) => way + path))
    if (dirname(here) === here) return found
  }
}

/** Whether that is where a package manager records what is installed. */
export const isInstallation = (path: string): boolean =>
  installations.some((name) => path.replaceAll('\\', '/').endsWith(`/${name}`))

/** The package.json that holds for a project without one of its own, relative to its root. */
export function manifestAbove(root: string): string | null {
  for (let here = root, path = 'package.json'; ; here = dirname(here), path = `../${path}`) {
    if (existsSync(join(here, 'package.json'))) return here === root ? null : path
    if (dirname(here) === here) return null
  }
}

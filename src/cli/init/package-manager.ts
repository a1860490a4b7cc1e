import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isRecord } from '../parse-json.ts'

/** A package manager, and how it is told what. */
export interface PackageManager {
  name: 'npm' | 'pnpm' | 'yarn' | 'bun'
  install: string
  add: string
  /** Where `add` saves a range although it is given a version: npm alone does. */
  addExactly?: string
  addForDevelopment: string
  /** Runs a program of an installed package. */
  run: string
}

const managers: Record<PackageManager['name'], Omit<PackageManager, 'name'>> = {
  npm: {
    install: 'npm install',
    add: 'npm install',
    addExactly: 'npm install --save-exact',
    addForDevelopment: 'npm install --save-dev',
    run: 'npx',
  },
  pnpm: {
    install: 'pnpm install',
    add: 'pnpm add',
    addForDevelopment: 'pnpm add --save-dev',
    run: 'pnpm exec',
  },
  yarn: {
    install: 'yarn install',
    add: 'yarn add',
    addForDevelopment: 'yarn add --dev',
    run: 'yarn run',
  },
  bun: { install: 'bun install', add: 'bun add', addForDevelopment: 'bun add --dev', run: 'bunx' },
}

const lockfiles: readonly [string, PackageManager['name']][] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
]

/**
 * The one that the project uses: by `packageManager` or a lockfile, here or above, where the root of a
 * workspace is; else the one that has started us; else npm.
 */
export function packageManager(root: string, env: NodeJS.ProcessEnv): PackageManager {
  const name = chosenAbove(root) ?? named(env.npm_config_user_agent) ?? 'npm'
  const manager = { name, ...managers[name] }
  // Where pnpm would ask whether it is meant.
  if (name !== 'pnpm' || !existsSync(join(root, 'pnpm-workspace.yaml'))) return manager
  const { add, addForDevelopment } = manager
  return {
    ...manager,
    add: `${add} --workspace-root`,
    addForDevelopment: `${addForDevelopment} --workspace-root`,
  }
}

function chosenAbove(root: string): PackageManager['name'] | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const asked = named(packageManagerField(folder))
    if (asked) return asked
    const lockfile = lockfiles.find(([file]) => existsSync(join(folder, file)))
    if (lockfile) return lockfile[1]
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return undefined
  }
}

function packageManagerField(folder: string): unknown {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return isRecord(manifest) ? manifest.packageManager : undefined
  } catch {
    return undefined
  }
}

/** `pnpm` of `pnpm@10.0.0` and of `pnpm/10.0.0 node/v24.0.0`. */
function named(text: unknown): PackageManager['name'] | undefined {
  const found = typeof text === 'string' ? /^[a-z]+/.exec(text)?.[0] : undefined
  return found !== undefined && isManager(found) ? found : undefined
}

const isManager = (name: string): name is PackageManager['name'] => Object.hasOwn(managers, name)

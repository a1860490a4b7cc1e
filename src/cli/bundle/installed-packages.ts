import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild'

/**
 * Leaves installed packages to Node, and has the TypeScript of workspace packages bundled: those are
 * linked into node_modules without lying there, and Node would not run them.
 * @param root absolute; packages are looked for from here when the bundle runs.
 */
export function installedPackages(root: string): Plugin {
  return {
    name: 'installed-packages',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, (args) => resolve(build, root, args))
    },
  }
}

async function resolve(
  build: PluginBuild,
  root: string,
  args: OnResolveArgs,
): Promise<OnResolveResult | undefined> {
  if (args.kind === 'entry-point' || args.pluginData === seen) return undefined
  const { path: specifier, importer, resolveDir, kind, with: attributes } = args
  const lookUp = (from: string) =>
    build.resolve(specifier, {
      importer,
      resolveDir: from,
      kind,
      with: attributes,
      pluginData: seen,
    })
  const found = await lookUp(resolveDir)
  // Not there, or Node's own: Node says so when it is needed, which may be never.
  if (found.errors.length > 0 || found.external) return { path: specifier, external: true }
  if (isOwn(found.path, specifier, resolveDir))
    return { path: found.path, sideEffects: found.sideEffects }
  // A package that only a workspace package has is not in sight from where the bundle lies.
  const same = (await lookUp(root)).path === found.path
  if (same) return { path: specifier, external: true }
  const path = kind === 'require-call' ? found.path : pathToFileURL(found.path).href
  return { path, external: true }
}

/** Marks our own questions, which come back to us. */
const seen = Symbol('seen')

/**
 * Whether it is the project's own: source code outside of node_modules, however it is named. JavaScript
 * of a workspace package runs as it is, and may need to lie where it does.
 */
function isOwn(file: string, specifier: string, resolveDir: string): boolean {
  if (/[\\/]node_modules[\\/]/.test(file)) return false
  return /\.[cm]?tsx?$/.test(file) || !isLinked(specifier, resolveDir)
}

function isLinked(specifier: string, resolveDir: string): boolean {
  const [name = ''] = /^(?:@[^/]+\/)?[^/]+/.exec(specifier) ?? []
  const folders = createRequire(join(resolveDir, 'any.js')).resolve.paths(name) ?? []
  return folders.some((folder) => existsSync(join(folder, name)))
}

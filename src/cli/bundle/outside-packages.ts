import { existsSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild'
import { isRecord } from '../parse-json.ts'

/** What a built file does not have in it. */
export class OutsidePackages {
  /** By name, with the version that is installed: what has to be there when the file runs. */
  readonly needed = new Map<string, string>()
  /** What the file can do without. */
  readonly optional = new Set<string>()
  /** Of the provider, and not installed: nothing can be built without them. */
  readonly missing = new Set<string>()

  has(name: string): boolean {
    return this.needed.has(name) || this.optional.has(name)
  }

  /** Leaves out what no line imports that is still there once unused code is gone. */
  keep(imported: readonly string[]): void {
    const isImported = (name: string) =>
      imported.some((path) => path === name || path.startsWith(`${name}/`))
    for (const name of this.needed.keys()) if (!isImported(name)) this.needed.delete(name)
    for (const name of this.optional) if (!isImported(name)) this.optional.delete(name)
  }
}

export interface InsideOptions {
  /** The entry points of other providers, which only a client would load that asks for them. */
  otherProviders: readonly string[]
  /** Packages that the user wants left outside. */
  named: readonly string[]
}

/**
 * Takes installed packages in, but for those that cannot be: native code has to lie where it was
 * installed.
 * @param found filled in while the bundle is made.
 */
export function outsidePackages(options: InsideOptions, found: OutsidePackages): Plugin {
  return {
    name: 'outside-packages',
    setup(build) {
      build.onResolve({ filter: /^[^./#]/ }, (args) => resolve(build, args, options, found))
      build.onLoad({ filter: /\.node$/ }, ({ path }) => ({
        errors: [
          {
            text: `${packageOf(path)?.name ?? path} is native code, which cannot be bundled; leave it outside with --external`,
          },
        ],
      }))
    },
  }
}

async function resolve(
  build: PluginBuild,
  args: OnResolveArgs,
  { otherProviders, named }: InsideOptions,
  found: OutsidePackages,
): Promise<OnResolveResult | undefined> {
  if (args.kind === 'entry-point' || args.pluginData === seen) return undefined
  const { path: specifier, importer, resolveDir, kind, with: attributes } = args
  if (kind === 'dynamic-import' && otherProviders.includes(specifier)) {
    found.optional.add(specifier)
    return { path: specifier, external: true }
  }
  const target = await build.resolve(specifier, {
    importer,
    resolveDir,
    kind,
    with: attributes,
    pluginData: seen,
  })
  const name = nameIn(specifier)
  if (target.errors.length > 0) {
    // The provider's own package is loaded where it is needed first. What else is loaded in that way
    // our runtime can do without; and what the user's code imports, esbuild complains of by itself.
    if (kind !== 'dynamic-import' || !isOfRuntime(importer)) return undefined
    if (isOfProvider(importer)) found.missing.add(name)
    return { path: specifier, external: true }
  }
  if (target.external) return undefined
  const holder = packageOf(target.path)
  if (!holder || !(named.includes(holder.name) || isNative(holder))) return undefined
  if (isOptionalFor(importer, holder.name)) found.optional.add(holder.name)
  else found.needed.set(holder.name, holder.version)
  return { path: specifier, external: true }
}

/** Marks our own questions, which come back to us. */
const seen = Symbol('seen')

const isOfRuntime = (path: string) => /[\\/](dist|src)[\\/]runtime[\\/]/.test(path)
const isOfProvider = (path: string) => /[\\/]runtime[\\/]providers[\\/]/.test(path)

/** `@aws-sdk/client-sqs/x.js` → `@aws-sdk/client-sqs` */
function nameIn(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier
}

interface InstalledPackage {
  name: string
  version: string
  folder: string
  manifest: Record<string, unknown>
}

/** The installed package that a file belongs to. */
function packageOf(file: string): InstalledPackage | undefined {
  const modules = `${sep}node_modules${sep}`
  const start = file.lastIndexOf(modules)
  if (start < 0) return undefined
  const name = nameIn(file.slice(start + modules.length).replaceAll(sep, '/'))
  const folder = join(file.slice(0, start), 'node_modules', name)
  const manifest = readManifest(folder)
  const { version } = manifest
  return { name, folder, manifest, version: typeof version === 'string' ? version : '' }
}

function readManifest(folder: string): Record<string, unknown> {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return isRecord(manifest) ? manifest : {}
  } catch {
    return {}
  }
}

/** What finds native code, or a program, when it runs. */
const finders = [
  'node-gyp-build',
  'node-gyp-build-optional-packages',
  'bindings',
  'prebuild-install',
]
const platform = /(linux|darwin|win32|windows)/

/** It is made of native code, or has some for each platform in a package of its own. */
function isNative({ folder, manifest }: InstalledPackage): boolean {
  const { gypfile, dependencies, optionalDependencies } = manifest
  return (
    gypfile === true ||
    existsSync(join(folder, 'binding.gyp')) ||
    finders.some((name) => isRecord(dependencies) && name in dependencies) ||
    (isRecord(optionalDependencies) &&
      Object.keys(optionalDependencies).some((name) => platform.test(name)))
  )
}

/** By its own words, whoever imports it can do without. */
function isOptionalFor(importer: string, name: string): boolean {
  const { optionalDependencies, peerDependenciesMeta } = packageOf(importer)?.manifest ?? {}
  const peer = isRecord(peerDependenciesMeta) ? peerDependenciesMeta[name] : undefined
  return (
    (isRecord(optionalDependencies) && name in optionalDependencies) ||
    (isRecord(peer) && peer.optional === true)
  )
}

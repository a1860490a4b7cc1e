// Bundles src/cli into dist/cli, as the last step of `npm run build`: a command that loads one or two files starts
// noticeably sooner than one that loads a hundred. They are CommonJS modules, as of those what is compiled can be kept:
// see require-compiled.ts.
import { copyFileSync, rmSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type BuildOptions, type Plugin } from 'esbuild'

const source = join(import.meta.dirname, 'src')
const cli = join(source, 'cli')
const outdir = join(import.meta.dirname, 'dist', 'cli')

/** What every command needs of the runtime, and is only constants and functions: a second copy is as good. */
const copied = [
  'capabilities',
  'connection-settings',
  'defaults',
  'format-names',
  'plain-json',
  'schema',
  'worker-options',
]
const copies = [...copied.map((name) => `runtime/${name}.ts`), 'dashboard/path-pattern.ts']

/** Users' code imports the runtime, too: there must be one of each of its other modules. */
const besideCli: Plugin = {
  name: 'beside-cli',
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\.?\// }, ({ path, importer }) => {
      const file = resolve(dirname(importer), path)
      const name = relative(source, file).replaceAll(sep, '/')
      if (!importer.startsWith(source + sep) || name.startsWith('cli/') || copies.includes(name))
        return undefined
      return { path: `../${name.replace(/\.ts$/, '.js')}`, external: true }
    })
  },
}

/**
 * Of ts-morph we use the compiler, which it has from its package for that. What is around the compiler there, with all
 * its libraries' texts, is loaded when those are asked for, and most runs do not ask.
 */
const compiler: Plugin = {
  name: 'compiler',
  setup(bundle) {
    const namespace = 'compiler'
    bundle.onResolve({ filter: /^(ts-morph|@ts-morph\/common)$/ }, () => ({
      path: '@ts-morph/common',
      namespace,
    }))
    bundle.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `
        import { createRequire } from 'node:module'
        import { requireCompiled } from './require-compiled.ts'
        const require = createRequire(import.meta.url)
        export const ts = requireCompiled(require.resolve('${path}/dist/typescript.js'))
        export const getLibFiles = () => require('${path}').getLibFiles()`,
      resolveDir: cli,
    }))
  },
}

/** What a module of constants comes to, in its place. */
const evaluated: Plugin = {
  name: 'evaluated',
  setup(bundle) {
    bundle.onLoad({ filter: /scan.narrow-libraries\.ts$/ }, async ({ path }) => ({
      contents: Object.entries((await import(pathToFileURL(path).href)) as object)
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`)
        .join('\n'),
    }))
  },
}

/**
 * An import of a module of Node evaluates all that it offers, down to Web Crypto; to ask for it does not, nor for one of
 * its names. Two take milliseconds all the same, and are asked for when something of them is called.
 */
const late = ['node:child_process', 'node:crypto']

const builtins: Plugin = {
  name: 'builtins',
  setup(bundle) {
    const namespace = 'builtin'
    bundle.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace }))
    bundle.onLoad({ filter: /.*/, namespace }, async ({ path }) => {
      const names = Object.keys((await import(path)) as object).filter((name) => name !== 'default')
      const isLate = late.includes(path)
      const asked = `process.getBuiltinModule('${path}')`
      return {
        contents: `
          ${isLate ? `let known` : `const known = ${asked}`}
          const it = () => ${isLate ? `(known ??= ${asked})` : 'known'}
          const pick = (name) => ${isLate ? '(...given) => it()[name](...given)' : 'known[name]'}
          export default ${isLate ? 'new Proxy({}, { get: (_, name) => it()[name] })' : 'known'}
          ${names.map((name) => `export const ${name} = /* @__PURE__ */ pick('${name}')`).join('\n')}`,
      }
    })
  },
}

/** Packages are found where users have them installed, but for those that most commands need. */
const bundled = ['commander', 'ejs']

const packages: Plugin = {
  name: 'packages',
  setup(bundle) {
    bundle.onResolve({ filter: /^[^.]/ }, ({ path, kind }) =>
      kind === 'entry-point' || bundled.includes(path) ? undefined : { path, external: true },
    )
  },
}

const scripts = ['main', 'require-compiled', 'scan-and-render']
/** What is started, and what imports something as it runs: a script of `vm`, as main.cjs is one, cannot do that. */
const modules = ['load-provider', 'run-bundle', 'dev/worker-process', 'dev/command-process']

const entriesOf = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [basename(name), join(cli, `${name}.ts`)]))
const outputs = (names: readonly string[], extension: string): [string, string][] =>
  Object.entries(entriesOf(names)).map(([name, file]) => [file, `./${name}${extension}`])
const files = new Map([...outputs(scripts, '.cjs'), ...outputs(modules, '.js')])

const kept = './scan-and-render.cjs'
const apart: Plugin = {
  name: 'apart',
  setup(bundle) {
    const namespace = 'kept'
    bundle.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const file = files.get(resolve(resolveDir, path))
      if (file === undefined) return undefined
      return file === kept ? { path: file, namespace } : { path: file, external: true }
    })
    bundle.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `
        import { join } from 'node:path'
        import { requireCompiled } from './require-compiled.ts'
        module.exports = requireCompiled(join(__dirname, '${path}'))`,
      resolveDir: cli,
    }))
  },
}

const shared = {
  // All in one folder, as `import.meta.url` is that of the bundle.
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node22',
  plugins: [apart, besideCli, evaluated, compiler, builtins, packages],
  metafile: true,
  logLevel: 'warning',
  logOverride: { 'import-is-undefined': 'error', 'empty-import-meta': 'error' },
} satisfies BuildOptions

rmSync(outdir, { recursive: true, force: true })
const { metafile } = await build({
  ...shared,
  entryPoints: entriesOf(scripts),
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: { js: "const pikkuUrl = require('node:url').pathToFileURL(__filename).href" },
  define: { 'import.meta.url': 'pikkuUrl' },
})
const dynamic = Object.values(metafile.outputs)
  .flatMap(({ imports }) => imports)
  .filter(({ kind }) => kind === 'dynamic-import')
if (dynamic.length > 0) throw new Error(`a script imports: ${JSON.stringify(dynamic)}`)
await build({
  ...shared,
  entryPoints: entriesOf(modules),
  format: 'esm',
})
// Of the compiler, two of its libraries.
const licenses = { commander: 'LICENSE', ejs: 'LICENSE', typescript: 'LICENSE.txt' }
for (const [name, license] of Object.entries(licenses)) {
  const from = join(import.meta.dirname, 'node_modules', name, license)
  copyFileSync(from, join(outdir, `LICENSE.${name}`))
}

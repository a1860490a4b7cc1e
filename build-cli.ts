// Bundles src/cli into dist/cli, as the last step of `npm run build`: a command that loads one file starts noticeably
// sooner than one that loads a hundred. It is a CommonJS module, as of those what is compiled can be kept: see
// require-compiled.ts.
import { copyFileSync, rmSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'

const source = join(import.meta.dirname, 'src')
const cli = join(source, 'cli')
const outdir = join(import.meta.dirname, 'dist', 'cli')

/** Users' code imports the runtime, too: there must be one of each of its modules. */
const besideCli: Plugin = {
  name: 'beside-cli',
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\.?\// }, ({ path, importer }) => {
      const file = resolve(dirname(importer), path)
      if (!importer.startsWith(cli + sep) || file.startsWith(cli + sep)) return undefined
      const name = relative(source, file).replaceAll(sep, '/').replace(/\.ts$/, '.js')
      return { path: `../${name}`, external: true }
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

/**
 * An import of a module of Node evaluates all that it offers, down to Web Crypto; to ask for it does not, nor for one of
 * its names. The one that starts processes takes milliseconds all the same, and few commands start any.
 */
const builtins: Plugin = {
  name: 'builtins',
  setup(bundle) {
    const namespace = 'builtin'
    bundle.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace }))
    bundle.onLoad({ filter: /.*/, namespace }, async ({ path }) => {
      const names = Object.keys((await import(path)) as object).filter((name) => name !== 'default')
      const isLate = path === 'node:child_process'
      const asked = `process.getBuiltinModule('${path}')`
      return {
        contents: `
          const it = ${isLate ? `new Proxy({}, { get: (_, name) => ${asked}[name] })` : asked}
          const pick = (name) => ${isLate ? '(...given) => it[name](...given)' : 'it[name]'}
          export default it
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

/** What is started, and what imports something as it runs: a script of `vm`, as main.cjs is one, cannot do that. */
const modules = [
  'require-compiled',
  'load-provider',
  'run-bundle',
  'dev/worker-process',
  'dev/command-process',
]
const files = new Map([
  [join(cli, 'main.ts'), './main.cjs'],
  ...modules.map((name): [string, string] => [join(cli, `${name}.ts`), `./${basename(name)}.js`]),
])

const apart: Plugin = {
  name: 'apart',
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const file = files.get(resolve(resolveDir, path))
      return file === undefined ? undefined : { path: file, external: true }
    })
  },
}

const shared = {
  // All in one folder, as `import.meta.url` is that of the bundle.
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node22',
  plugins: [apart, besideCli, compiler, builtins, packages],
  metafile: true,
  logLevel: 'warning',
  logOverride: { 'import-is-undefined': 'error', 'empty-import-meta': 'error' },
} satisfies BuildOptions

rmSync(outdir, { recursive: true, force: true })
const { metafile } = await build({
  ...shared,
  entryPoints: { main: join(cli, 'main.ts') },
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: { js: "const pikkuUrl = require('node:url').pathToFileURL(__filename).href" },
  define: { 'import.meta.url': 'pikkuUrl' },
})
const dynamic = Object.values(metafile.outputs)
  .flatMap(({ imports }) => imports)
  .filter(({ kind }) => kind === 'dynamic-import')
if (dynamic.length > 0) throw new Error(`main.cjs imports: ${JSON.stringify(dynamic)}`)
await build({
  ...shared,
  entryPoints: Object.fromEntries(modules.map((name) => [basename(name), join(cli, `${name}.ts`)])),
  format: 'esm',
})
for (const name of bundled) {
  const license = join(import.meta.dirname, 'node_modules', name, 'LICENSE')
  copyFileSync(license, join(outdir, `LICENSE.${name}`))
}

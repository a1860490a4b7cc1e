// Bundles src/cli into dist/cli, as the last step of `npm run build`: a command that loads a dozen files starts
// noticeably sooner than one that loads a hundred. What is loaded on demand stays in files of its own.
import { copyFileSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { build, type Plugin } from 'esbuild'

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
    bundle.onResolve({ filter: /^node:/ }, ({ path, importer }) => ({
      path,
      namespace,
      suffix: `?${importer}`,
    }))
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

rmSync(outdir, { recursive: true, force: true })
await build({
  // All in one folder, as `import.meta.url` is that of the bundle.
  entryPoints: {
    main: join(cli, 'main.ts'),
    'worker-process': join(cli, 'dev', 'worker-process.ts'),
    'command-process': join(cli, 'dev', 'command-process.ts'),
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  plugins: [besideCli, compiler, builtins, packages],
  logLevel: 'warning',
  logOverride: { 'import-is-undefined': 'error' },
})
for (const name of bundled) {
  const license = join(import.meta.dirname, 'node_modules', name, 'LICENSE')
  copyFileSync(license, join(outdir, `LICENSE.${name}`))
}

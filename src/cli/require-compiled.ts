import { readFileSync, statSync } from 'node:fs'
import { createRequire, getCompileCacheDir, Module } from 'node:module'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'
import { loadBytes, saveBytes } from './cache/cache-file.ts'
import { looksOf } from './stats-of.ts'

/**
 * What `require` gives, with whatever functions of it an earlier process called compiled already. Node's own compile
 * cache keeps what is compiled of a module before it runs, which is little: most functions are compiled when they are
 * first called. This one lies beside it, and is not there where that is switched off.
 * @param path absolute, of a CommonJS module without any `import()`
 * @param use what it is loaded for, as each use calls functions of its own; by default the command of this process
 */
export function requireCompiled(path: string, use = process.argv[2] ?? ''): unknown {
  const require = createRequire(path)
  const folder = getCompileCacheDir()
  if (folder === undefined || require.cache[path]) return require(path)
  const file = fileOf(folder, path, use)
  const key = keyOf(path, use)
  const cachedData = loadBytes(file, key)
  const source = readFileSync(path, 'utf8')
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`
  const script = new Script(wrapped, { filename: path, ...(cachedData && { cachedData }) })
  const run: unknown = script.runInThisContext()
  if (!isWrapper(run)) return require(path)
  if (ran.length === 0) process.once('exit', keepRan)
  // Before it runs, as it may end the process.
  ran.push({ file, key, script, isNew: script.cachedDataRejected !== false })
  const module = new Module(path)
  run(module.exports, require, module, path, dirname(path))
  module.loaded = true
  require.cache[path] = module
  return module.exports
}

/** By this process. */
const ran: { file: string; key: string; script: Script; isNew: boolean }[] = []

/** All, when one is new: a run that is the first to need a module calls functions of the others that no run before did. */
function keepRan(code: number): void {
  // Of wrong usage nothing is: each word that is no command would be a use of its own.
  if (code === 2) return
  if (!ran.some(({ isNew }) => isNew)) return
  for (const { file, key, script } of ran) saveBytes(file, key, script.createCachedData())
}

type Wrapper = (...variables: [unknown, NodeJS.Require, Module, string, string]) => void

const isWrapper = (value: unknown): value is Wrapper => typeof value === 'function'

/** The folder is another for another engine, as Node names it. */
const fileOf = (folder: string, path: string, use: string): string =>
  join(folder, `pikku-${crc32(JSON.stringify([path, use])).toString(16)}`)

/** Changes with the module's file. V8 runs whatever it is given, and ends the process over much of what is damaged. */
const keyOf = (path: string, use: string): string =>
  JSON.stringify([path, use, ...looksOf(statSync(path))])

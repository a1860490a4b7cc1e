import { readFileSync, statSync } from 'node:fs'
import { createRequire, getCompileCacheDir, Module } from 'node:module'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { replaceFile } from './cache/cache-file.ts'
import { hash } from './hash.ts'

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
  const file = join(folder, `pikku-${keyOf(path, use)}`)
  const cachedData = load(file)
  const source = readFileSync(path, 'utf8')
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`
  const script = new Script(wrapped, { filename: path, ...(cachedData && { cachedData }) })
  const run: unknown = script.runInThisContext()
  if (!isWrapper(run)) return require(path)
  if (ran.length === 0) process.once('exit', keepRan)
  // Before it runs, as it may end the process.
  ran.push({ file, script, isNew: script.cachedDataRejected !== false })
  const module = new Module(path)
  run(module.exports, require, module, path, dirname(path))
  module.loaded = true
  require.cache[path] = module
  return module.exports
}

/** By this process. */
const ran: { file: string; script: Script; isNew: boolean }[] = []

/** All, when one is new: a run that is the first to need a module calls functions of the others that no run before did. */
function keepRan(code: number): void {
  // Of wrong usage nothing is: each word that is no command would be a use of its own.
  if (code === 2) return
  if (ran.some(({ isNew }) => isNew)) for (const { file, script } of ran) save(file, script)
}

type Wrapper = (...variables: [unknown, NodeJS.Require, Module, string, string]) => void

const isWrapper = (value: unknown): value is Wrapper => typeof value === 'function'

/** Changes with the file; the folder is another for another engine, as Node names it. */
function keyOf(path: string, use: string): string {
  const { size, ino, mtimeMs, ctimeMs } = statSync(path)
  return hash(JSON.stringify([path, use, size, ino, mtimeMs, ctimeMs]))
}

/** V8 runs whatever it is given, and ends the process over much of what is damaged. */
function load(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file)
    const data = bytes.subarray(hashLength)
    return bytes.toString('latin1', 0, hashLength) === hash(data) ? data : undefined
  } catch {
    return undefined
  }
}

function save(file: string, script: Script): void {
  const data = script.createCachedData()
  replaceFile(file, Buffer.concat([Buffer.from(hash(data), 'latin1'), data]))
}

const hashLength = hash('').length

import { readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { badOutFile, type Diagnostic } from '../diagnostics.ts'
import { isRecord } from '../parse-json.ts'
import { builtMark } from './bundle-deployable.ts'

export type Target = 'node' | 'lambda'

/** Where a build goes that is told of no place; relative to the root. */
export function defaultOutFile(root: string, target: Target): string {
  // Lambda's Node does not guess what a .js file is.
  if (target === 'lambda') return 'dist/lambda.mjs'
  return moduleTypeAt(join(root, 'dist')) === 'module' ? 'dist/worker.js' : 'dist/worker.mjs'
}

/**
 * What speaks against the place, before anything is built.
 * @param file absolute
 */
export function objectionTo(root: string, file: string): Diagnostic | undefined {
  const shown = shownIn(root, file)
  if (file.endsWith('.js') && moduleTypeAt(dirname(file)) === 'commonjs') {
    const reason = 'is CommonJS by its package.json, and what is built is an ES module'
    return badOutFile(shown, reason, 'Name it .mjs.')
  }
  const former = readIfThere(file)
  if (former === undefined || former.startsWith(builtMark)) return undefined
  return badOutFile(
    shown,
    'is there already, and was not made by `pikku build`',
    'Name another file, or remove it first.',
  )
}

/**
 * What speaks against the place once it is known what is in the file: the compiler, and the next scan,
 * would take it for a source.
 * @param sources relative to the root, with forward slashes
 */
export function objectionBesideSources(
  root: string,
  file: string,
  sources: readonly string[],
): Diagnostic | undefined {
  const shown = shownIn(root, file)
  const folders = new Set(sources.map((source) => posix.dirname(source)))
  const own = posix.dirname(shown)
  const isAmong = [...folders].some(
    (folder) => folder === own || (folder !== '.' && own.startsWith(`${folder}/`)),
  )
  if (!isAmong) return undefined
  return badOutFile(shown, 'would lie among the sources', 'Name a folder of its own, such as dist.')
}

export function shownIn(root: string, file: string): string {
  return relative(root, file).split(sep).join('/')
}

/** What the nearest package.json says of .js files; undefined: nothing. */
function moduleTypeAt(folder: string): string | undefined {
  for (let here = folder; ; here = dirname(here)) {
    const text = readIfThere(join(here, 'package.json'))
    if (text !== undefined) return typeIn(text)
    if (dirname(here) === here) return undefined
  }
}

function typeIn(manifest: string): string | undefined {
  try {
    const value: unknown = JSON.parse(manifest)
    return isRecord(value) && typeof value.type === 'string' ? value.type : undefined
  } catch {
    return undefined
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

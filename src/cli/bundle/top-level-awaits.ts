import { readFile } from 'node:fs/promises'
import { findSourceMap } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isBuildFailure } from './bundle-options.ts'

/**
 * Where the sources of a bundle wait outside of all functions, as `file:line:column` from the working directory. It has
 * been loaded by this process, with its source map.
 * @param file absolute
 */
export async function topLevelAwaits(file: string): Promise<string[]> {
  const { stop, transform } = await import('esbuild')
  try {
    const options = { supported: { 'top-level-await': false }, logLevel: 'silent' } as const
    await transform(await readFile(file, 'utf8'), options)
    return []
  } catch (error) {
    if (!isBuildFailure(error)) throw error
    return [...new Set(error.errors.flatMap(({ location }) => placeIn(file, location)))]
  } finally {
    await stop()
  }
}

function placeIn(file: string, location: { line: number; column: number } | null): string[] {
  const entry = location && findSourceMap(file)?.findEntry(location.line - 1, location.column)
  if (!entry || !('originalSource' in entry)) return []
  const source = relative(process.cwd(), fileURLToPath(entry.originalSource))
  return [`${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`]
}

import { posix } from 'node:path'
import type { ExportedFunction } from './model.ts'
import { stringLiteral } from './render/escape.ts'

const emittedExtensions: Record<string, string> = {
  '.ts': '.js',
  '.tsx': '.js',
  '.jsx': '.js',
  '.mts': '.mjs',
  '.cts': '.cjs',
}

/**
 * The specifier by which a file in `folder` imports `file`, with the extension it has once compiled.
 * Both are relative to the same root and use forward slashes.
 */
export function importSpecifier(folder: string, file: string): string {
  // A declaration file speaks for the JavaScript beside it.
  const path = posix.relative(folder, file).replace(/\.d(?=\.[cm]?ts$)/, '')
  const extension = posix.extname(path)
  const emitted =
    path.slice(0, path.length - extension.length) + (emittedExtensions[extension] ?? extension)
  return emitted.startsWith('../') ? emitted : `./${emitted}`
}

/** As `importSpecifier`, as a string literal: a path is the user's, whatever it has in it. */
export function quotedSpecifier(folder: string, file: string): string {
  return stringLiteral(importSpecifier(folder, file))
}

/** Something the project exports, and the name it has where it is imported. */
export interface Import {
  from: ExportedFunction
  as: string
}

/** The import lines of a file in `folder`, one for each file that is imported from. */
export function importLines(imports: Import[], folder: string, kind: 'type' | 'value'): string[] {
  const bindings = new Map<string, string[]>()
  for (const { from, as } of imports) {
    const specifier = quotedSpecifier(folder, from.file)
    const binding = from.exportName === as ? as : `${from.exportName} as ${as}`
    bindings.set(specifier, [...(bindings.get(specifier) ?? []), binding])
  }
  const keyword = kind === 'type' ? 'import type' : 'import'
  return [...bindings].map(
    ([specifier, names]) => `${keyword} { ${names.join(', ')} } from ${specifier}`,
  )
}

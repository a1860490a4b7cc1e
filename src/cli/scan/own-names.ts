import { type ts } from 'ts-morph'
import { bindingsOf, type ImportBinding } from './bindings.ts'
import type { Resolve } from './sources.ts'

/** What a name leads to. */
export type Found =
  /** Declarations at the top level of a file. */
  | { file: ts.SourceFile; nodes: readonly ts.Node[] }
  /** `export default …` */
  | { file: ts.SourceFile; expression: ts.Expression }
  /** Something of the generated types file. */
  | { generated: string }

export interface OwnSources {
  parse(path: string): ts.SourceFile | undefined
  resolve: Resolve
  /** Is it a source of the project, or of one that it imports as sources? */
  isOwn(path: string): boolean
  /** Absolute; stands in for the generated file. */
  typesFile: string
}

/**
 * Follows names through imports, re-exports and barrels by syntax alone, as far as the project's own
 * sources go.
 */
export class OwnNames {
  readonly #sources: OwnSources
  readonly #onFile: (file: ts.SourceFile) => void
  readonly #pending = new Set<string>()

  /** @param onFile hears of every file on the way */
  constructor(sources: OwnSources, onFile: (file: ts.SourceFile) => void) {
    this.#sources = sources
    this.#onFile = onFile
  }

  /** A name at the top level of a file; null when it leads out of the sources, or nowhere. */
  find(name: string, file: ts.SourceFile): Found | null {
    const { declared, imports } = bindingsOf(file)
    const nodes = declared.get(name)
    if (nodes) return { file, nodes }
    const binding = imports.get(name)
    return binding ? this.imported(binding, file) : null
  }

  imported({ specifier, imported }: ImportBinding, from: ts.SourceFile): Found | null {
    const path = this.#sources.resolve(specifier, from)
    if (path === undefined || imported === '*') return null
    if (path === this.#sources.typesFile) return this.#generated(imported)
    const file = this.#sources.isOwn(path) ? this.#sources.parse(path) : undefined
    return file ? this.#exported(imported, file) : null
  }

  #exported(name: string, file: ts.SourceFile): Found | null {
    // Two files may pass on each other's exports.
    const step = `${file.fileName}\0${name}`
    if (this.#pending.has(step)) return null
    this.#pending.add(step)
    const found = this.#exportedBy(name, file)
    this.#pending.delete(step)
    return found
  }

  #exportedBy(name: string, file: ts.SourceFile): Found | null {
    this.#onFile(file)
    const { exports, stars } = bindingsOf(file)
    const binding = exports.get(name)
    if (binding) {
      if ('expression' in binding) return { file, expression: binding.expression }
      return 'local' in binding ? this.find(binding.local, file) : this.imported(binding, file)
    }
    if (name === 'default') return null
    for (const specifier of stars) {
      const found = this.imported({ specifier, imported: name }, file)
      if (found) return found
    }
    return null
  }

  #generated(name: string): Found | null {
    const file = this.#sources.parse(this.#sources.typesFile)
    return file && bindingsOf(file).exports.has(name) ? { generated: name } : null
  }
}

import type { ts } from 'ts-morph'
import type { Resolve } from './sources.ts'

/**
 * What the compiler knows of the sources. It comes to know it when it is first asked: whatever is told by
 * the syntax alone is better not asked here.
 */
export interface Code {
  readonly program: ts.Program
  readonly checker: ts.TypeChecker
  /** The source that `require('…')` leads to, which the compiler does not look up in TypeScript. */
  required(specifier: ts.StringLiteralLike): ts.SourceFile | undefined
}

/** Makes the program when it is needed, once. */
export function lazyCode(make: () => ts.Program, resolve: Resolve): Code {
  let program: ts.Program | undefined
  return {
    get program() {
      return (program ??= make())
    },
    get checker() {
      return this.program.getTypeChecker()
    },
    required(specifier) {
      const path = resolve(specifier, specifier.getSourceFile())
      return path === undefined ? undefined : this.program.getSourceFile(path)
    },
  }
}

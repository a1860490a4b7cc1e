import type { ts } from 'ts-morph'

/**
 * What the compiler knows of the sources. It comes to know it when it is first asked: whatever is told by
 * the syntax alone is better not asked here.
 */
export interface Code {
  readonly program: ts.Program
  readonly checker: ts.TypeChecker
}

/** Makes the program when it is needed, once. */
export function lazyCode(make: () => ts.Program): Code {
  let program: ts.Program | undefined
  return {
    get program() {
      return (program ??= make())
    },
    get checker() {
      return this.program.getTypeChecker()
    },
  }
}

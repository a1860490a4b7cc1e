import { ts } from 'ts-morph'
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
  /** What a function is called with, in the one call of it that is looked into. */
  argumentOf?(parameter: ts.ParameterDeclaration): ts.Expression | undefined
}

/** The same inside of a function, in a call of it. */
export function insideCall(
  code: Code,
  { parameters }: ts.SignatureDeclaration,
  { arguments: given }: ts.CallExpression,
): Code {
  return {
    get program() {
      return code.program
    },
    get checker() {
      return code.checker
    },
    required: (specifier) => code.required(specifier),
    argumentOf(parameter) {
      const index = parameters.indexOf(parameter)
      if (index === -1) return code.argumentOf?.(parameter)
      const hasOthers =
        parameter.dotDotDotToken || given.slice(0, index + 1).some(ts.isSpreadElement)
      return hasOthers ? undefined : (given[index] ?? parameter.initializer)
    },
  }
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

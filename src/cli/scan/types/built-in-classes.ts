import { ts } from 'ts-morph'
import { hasNoJsonForm, type Problem } from './problems.ts'
import { isBuiltIn, standardType } from './standard-types.ts'

const bytes = 'Use Uint8Array, which travels as base64.'

/** What to write instead of what JavaScript or its host declares. */
const hints: Readonly<Record<string, string>> = {
  ArrayBuffer: bytes,
  SharedArrayBuffer: bytes,
  DataView: bytes,
  Buffer: bytes,
  Blob: bytes,
  File: bytes,
  BigInt64Array: 'Use bigint[].',
  BigUint64Array: 'Use bigint[].',
  Error: 'Send its message, and whatever else there is to say of it.',
  RegExp: 'Send its source as a string.',
  String: 'Write string.',
  Number: 'Write number.',
  Boolean: 'Write boolean.',
}

/**
 * Of a class that is built in, or of what has its methods.
 * @param isWhole it is the payload or the result, not a part of one
 */
export function noJsonForm(checker: ts.TypeChecker, type: ts.Type, isWhole: boolean): Problem {
  return hasNoJsonForm(ownText(checker, type), hintFor(checker, type, isWhole))
}

/** Not what an alias calls the class. */
function ownText(checker: ts.TypeChecker, type: ts.Type): string {
  const symbol = type.getSymbol()
  const isClass = symbol !== undefined && symbol.flags & ts.SymbolFlags.Interface
  const flags = isClass ? ts.TypeFormatFlags.InTypeAlias : undefined
  return checker.typeToString(type, undefined, flags)
}

function hintFor(checker: ts.TypeChecker, type: ts.Type, isWhole: boolean): string {
  const mapped = type.aliasTypeArguments?.map(standardType).find((it) => it !== undefined)
  if (mapped && type.aliasSymbol) {
    return `${type.aliasSymbol.name} takes it apart: leave the ${mapped} as it is.`
  }
  const symbol = type.getSymbol()
  const name = symbol && isBuiltIn(symbol) ? symbol.name : ''
  const awaited = name === 'Promise' ? checker.getAwaitedType(type) : undefined
  if (awaited) {
    const text = checker.typeToString(awaited)
    return isWhole
      ? `Write ${text}: the function may be async anyway.`
      : `Await it, and send the ${text}.`
  }
  if (Object.hasOwn(hints, name)) return hints[name] ?? ''
  if (/^(Float|U?[Ii]nt)\d+(Clamped)?Array$/.test(name)) return `Use number[], or ${bytes.slice(4)}`
  return 'Send what it is made of: strings, numbers, arrays and plain objects.'
}

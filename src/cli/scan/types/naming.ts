import { ts } from 'ts-morph'
import { isIdentifier } from '../../identifiers.ts'
import { isBuiltIn } from './standard-types.ts'
import { tagsOf, type Tag } from './tags.ts'
import { hasUndefined } from './unions.ts'

/** Longer names say less than a number. */
const maxSuffix = 40

export interface WantedName {
  wanted: string
  declaration: ts.Declaration
  /** Tells instantiations of one declaration apart. */
  detail: string
  description?: string | undefined
  tags: readonly Tag[]
  /** What its alias is written as. */
  written: ts.TypeNode | undefined
}

/**
 * The name a type should have: of its alias, interface, class or enum, with its type arguments
 * (`Page<User>` → `PageOfUser`). Undefined for types that are better written out: anonymous ones, and
 * whatever comes from the type functions of TypeScript and of libraries (`Partial`, `infer`).
 */
export function nameOfType(checker: ts.TypeChecker, type: ts.Type): WantedName | undefined {
  const symbol = namingSymbol(type)
  const declaration = symbol?.declarations?.[0]
  if (symbol === undefined || declaration === undefined || isBuiltIn(symbol)) return undefined

  const args = argumentsOf(checker, type)
  const isFromLibrary = declaration.getSourceFile().isDeclarationFile
  if (args.length > 0 && isFromLibrary) return undefined

  const base = declaredName(declaration, symbol)
  if (base === undefined) return undefined
  const labels = args.map((arg) => labelOf(checker, arg))
  const joined = labels.every((label) => label !== undefined) ? labels.join('And') : ''
  const suffix = joined.length > maxSuffix ? '' : joined
  const description = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim()
  return {
    wanted: capitalize(suffix === '' ? base : `${base}Of${suffix}`),
    declaration,
    detail: args.map((arg) => checker.typeToString(arg)).join(', '),
    description: description === '' ? undefined : description,
    tags: tagsOf(symbol, checker),
    written: ts.isTypeAliasDeclaration(declaration) ? declaration.type : undefined,
  }
}

function namingSymbol(type: ts.Type): ts.Symbol | undefined {
  const symbol = type.aliasSymbol ?? type.getSymbol()
  if (symbol === undefined || hasUndefined(type)) return undefined
  // An enum with computed values is but a number.
  if (symbol.flags & ts.SymbolFlags.Enum) return isLiterals(type) ? symbol : undefined
  const named = ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Interface | ts.SymbolFlags.Class
  return symbol.flags & named ? symbol : undefined
}

const isLiterals = (type: ts.Type): boolean =>
  type.isUnion() && type.types.every((member) => member.isLiteral())

function argumentsOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  if (type.aliasSymbol) return type.aliasTypeArguments ?? []
  return isReference(type) ? checker.getTypeArguments(type) : []
}

const isReference = (type: ts.Type): type is ts.TypeReference =>
  (type.flags & ts.TypeFlags.Object) !== 0 &&
  'objectFlags' in type &&
  (Number(type.objectFlags) & ts.ObjectFlags.Reference) !== 0

/** A default export is called `default` by the compiler, whatever it says itself. */
function declaredName(declaration: ts.Declaration, symbol: ts.Symbol): string | undefined {
  const name = ts.getNameOfDeclaration(declaration)
  const text = name && ts.isIdentifier(name) ? name.text : symbol.name
  return isIdentifier(text) ? text : undefined
}

function labelOf(checker: ts.TypeChecker, type: ts.Type): string | undefined {
  if (checker.isArrayType(type)) {
    const [element] = argumentsOf(checker, type)
    const label = element && labelOf(checker, element)
    return label && `${label}Array`
  }
  const named = nameOfType(checker, type)
  if (named) return named.wanted
  const text = checker.typeToString(type)
  const isWord = /^(string|number|boolean|bigint|null|undefined|unknown|void|Date|URL)$/.test(text)
  if (isWord) return capitalize(text)
  const isNameable = type.isStringLiteral() && /^[A-Za-z]\w*$/.test(type.value)
  return isNameable ? capitalize(type.value) : undefined
}

export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

import { ts } from 'ts-morph'
import { isIdentifier } from '../../identifiers.ts'
import { isBuiltIn, standardType } from './standard-types.ts'
import { tagsOf, type Tag } from './tags.ts'
import { argumentsOf } from './type-arguments.ts'
import { hasUndefined } from './unions.ts'
import { namedSymbol, type Written } from './written-bindings.ts'
import { meant } from './written.ts'

/** Longer names say less than a number. */
const maxSuffix = 40

export interface WantedName {
  wanted: string
  /** Without its type arguments. */
  base: string
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
 * @param writtenArguments names of type arguments that the compiler does not know
 */
export function nameOfType(
  checker: ts.TypeChecker,
  type: ts.Type,
  writtenArguments: readonly (string | undefined)[] = [],
): WantedName | undefined {
  const symbol = namingSymbol(type)
  const declaration = symbol?.declarations?.[0]
  if (symbol === undefined || declaration === undefined || isBuiltIn(symbol)) return undefined

  const args = argumentsOf(checker, type)
  const isFromLibrary = declaration.getSourceFile().isDeclarationFile
  if (args.length > 0 && isFromLibrary) return undefined

  const base = declaredName(declaration, symbol)
  if (base === undefined) return undefined
  const labels = args.map((arg, index) => writtenArguments[index] ?? labelOf(checker, arg))
  const joined = labels.every((label) => label !== undefined) ? labels.join('And') : ''
  const suffix = joined.length > maxSuffix ? '' : joined
  return {
    wanted: capitalize(suffix === '' ? base : `${base}Of${suffix}`),
    base,
    declaration,
    detail: args
      .map((arg, index) => writtenArguments[index] ?? checker.typeToString(arg))
      .join(', '),
    ...docsOf(checker, symbol),
    written: ts.isTypeAliasDeclaration(declaration) ? declaration.type : undefined,
  }
}

/**
 * The name of the alias that an object or a union is written as, where it has no other: the compiler
 * forgets that of `type Order = z.infer<typeof schema>`, and of `type Line = Order['line']`. Where an alias
 * stands for another, that one's, as with those which the compiler remembers.
 */
export function nameAsWritten(
  checker: ts.TypeChecker,
  type: ts.Type,
  written: Written | undefined,
): WantedName | undefined {
  const alias = innermostAlias(checker, written)
  const [declaration] = alias?.declarations ?? []
  if (!alias || !declaration || !ts.isTypeAliasDeclaration(declaration)) return undefined
  const base = declaredName(declaration, alias)
  if (base === undefined || checker.getDeclaredTypeOfSymbol(alias) !== type) return undefined
  // That of a helper with type arguments is what the schema is made with, and no name of the type.
  const own = nameOfType(checker, type)
  const isHelper = type.aliasSymbol !== undefined && own?.detail !== ''
  if (!isNameable(checker, type) || (own && !isHelper)) return undefined
  return {
    wanted: capitalize(base),
    base,
    declaration,
    detail: '',
    ...docsOf(checker, alias),
    written: declaration.type,
  }
}

function innermostAlias(
  checker: ts.TypeChecker,
  written: Written | undefined,
): ts.Symbol | undefined {
  const node = meant(checker, written)?.node
  if (!node || !ts.isTypeReferenceNode(node) || node.typeArguments) return undefined
  const alias = namedSymbol(checker, node)
  if (!alias || isBuiltIn(alias)) return undefined
  const declaration = alias.declarations?.find(ts.isTypeAliasDeclaration)
  if (!declaration || declaration.typeParameters) return undefined
  return innermostAlias(checker, { node: declaration.type, bindings: undefined }) ?? alias
}

/** Lists are better written out. */
function isNameable(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (hasUndefined(type) || standardType(type) || type.flags & ts.TypeFlags.Boolean) return false
  if (type.isUnion()) return true
  const isObject = type.isIntersection() || (type.flags & ts.TypeFlags.Object) !== 0
  return isObject && !checker.isArrayType(type) && !checker.isTupleType(type)
}

function docsOf(
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
): Pick<WantedName, 'description' | 'tags'> {
  const description = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim()
  return {
    description: description === '' ? undefined : description,
    tags: tagsOf(symbol, checker),
  }
}

export function namingSymbol(type: ts.Type): ts.Symbol | undefined {
  const symbol = type.aliasSymbol ?? type.getSymbol()
  if (symbol === undefined || hasUndefined(type)) return undefined
  // An enum with computed values is but a number.
  if (symbol.flags & ts.SymbolFlags.Enum) return isLiterals(type) ? symbol : undefined
  const named = ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Interface | ts.SymbolFlags.Class
  return symbol.flags & named ? symbol : undefined
}

const isLiterals = (type: ts.Type): boolean =>
  type.isUnion() && type.types.every((member) => member.isLiteral())

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

import { ts } from 'ts-morph'
import type { TypeModel } from '../../model.ts'
import type { Context } from './context.ts'
import { hasNoJsonForm, isAny, isSymbol, isUnresolved, type Problem } from './problems.ts'
import type { Site } from './site.ts'
import { expandTemplate } from './template.ts'

const { TypeFlags } = ts

const keywords = new Map<number, TypeModel>([
  [TypeFlags.Unknown, { kind: 'unknown' }],
  [TypeFlags.Never, { kind: 'never' }],
  [TypeFlags.Void, { kind: 'void' }],
  [TypeFlags.Undefined, { kind: 'undefined' }],
  [TypeFlags.Null, { kind: 'null' }],
  [TypeFlags.String, { kind: 'string' }],
  [TypeFlags.Number, { kind: 'number' }],
  [TypeFlags.BigInt, { kind: 'carried', type: 'bigint' }],
])

/** Types that have nothing inside: keywords, literals, templates. Undefined for all others. */
export function expandIntrinsic(
  context: Context,
  type: ts.Type,
  site: Site,
): TypeModel | undefined {
  const { checker } = context
  const { flags } = type
  if (flags & TypeFlags.Any) {
    return context.refuse(
      isErrorType(type) ? isUnresolved(unresolvedName(type, site)) : isAny(),
      site,
    )
  }
  if (flags & TypeFlags.Boolean) return { kind: 'boolean' }
  if (flags & TypeFlags.ESSymbolLike) return context.refuse(isSymbol(), site)
  if (flags & TypeFlags.Union) return undefined

  const keyword = keywords.get(flags)
  if (keyword) return { ...keyword }
  if (type.isNumberLiteral() && !Number.isFinite(type.value)) {
    return context.refuse(hasNoJsonForm(String(type.value), 'Use a finite number.'), site)
  }
  if (type.isStringLiteral() || type.isNumberLiteral()) {
    return { kind: 'literal', value: type.value }
  }
  if (flags & TypeFlags.BooleanLiteral) {
    return { kind: 'literal', value: checker.typeToString(type) === 'true' }
  }
  // An enum whose values are computed.
  if (flags & TypeFlags.Enum) return { kind: 'number' }
  if (isTemplate(type)) {
    const hint = 'Use holes of string, number or bigint, or a plain string.'
    return (
      expandTemplate(type) ?? context.refuse(hasNoJsonForm(checker.typeToString(type), hint), site)
    )
  }
  const unsupported = unsupportedReason(checker, type)
  return unsupported && context.refuse(unsupported, site)
}

/** Why no payload can have the type, when that is known from its kind alone. */
export function unsupportedReason(checker: ts.TypeChecker, type: ts.Type): Problem | undefined {
  const { flags } = type
  if (flags & TypeFlags.BigIntLiteral) {
    return hasNoJsonForm(`the bigint literal ${checker.typeToString(type)}`, 'Use bigint.')
  }
  if (flags & TypeFlags.NonPrimitive) {
    return hasNoJsonForm('object', 'It says nothing of its content: use Record<string, unknown>.')
  }
  if (flags & TypeFlags.StringMapping) {
    return hasNoJsonForm(checker.typeToString(type), 'Use string.')
  }
  if (flags & TypeFlags.Instantiable && !(flags & TypeFlags.TemplateLiteral)) {
    const hint = 'Give the function a concrete input and output type.'
    const text = checker.typeToString(type)
    return hasNoJsonForm(`${text}, which depends on a type parameter`, hint)
  }
  return undefined
}

const isTemplate = (type: ts.Type): type is ts.TemplateLiteralType =>
  (type.flags & TypeFlags.TemplateLiteral) !== 0

/** What the checker gives for names it cannot resolve; its flags are those of `any`. */
function isErrorType(type: ts.Type): boolean {
  return 'intrinsicName' in type && type.intrinsicName === 'error'
}

function unresolvedName(type: ts.Type, site: Site): string {
  if (type.aliasSymbol) return `"${type.aliasSymbol.name}"`
  return site.written ? `"${site.written.node.getText()}"` : 'written there'
}

import { ts } from 'ts-morph'
import { absence } from '../../absence.ts'
import { isIdentifier } from '../../identifiers.ts'
import type { TupleElement, TypeModel } from '../../model.ts'
import type { Context } from './context.ts'
import { hasNoJsonForm } from './problems.ts'
import { below, belowLeavable, writtenMember, type Site } from './site.ts'
import { baseTypes, type StandardType } from './standard-types.ts'
import { mayBeUndefined } from './unions.ts'
import { tagsOfMember } from './tags.ts'
import { bindingsOf } from './written.ts'

interface ArrayParts {
  element: ts.Type
  readonly: boolean
}

/** Of `X[]`, `readonly X[]`, and `interface Xs extends Array<X> {}`, which adds nothing to one. */
export function arrayParts(checker: ts.TypeChecker, type: ts.Type): ArrayParts | undefined {
  const array = checker.isArrayType(type) ? type : onlyBase(checker, type)
  const element = checker.getIndexTypeOfType(type, ts.IndexKind.Number)
  if (element === undefined || array === undefined || !checker.isArrayType(array)) return undefined
  return { element, readonly: array.getSymbol()?.name === 'ReadonlyArray' }
}

/** What an interface without members of its own extends, when that is one type. */
function onlyBase(checker: ts.TypeChecker, type: ts.Type): ts.Type | undefined {
  const declarations = type.getSymbol()?.declarations ?? []
  const isEmpty = declarations.every((it) => ts.isInterfaceDeclaration(it) && !it.members.length)
  const [base, ...others] = isEmpty ? baseTypes(checker, type) : []
  return others.length === 0 ? base : undefined
}

export function expandArray(
  context: Context,
  type: ts.Type,
  parts: ArrayParts,
  site: Site,
): TypeModel {
  const inner = below(site, '[]', writtenMember(context.checker, site, type, null))
  const element = context.expand(parts.element, inner)
  return { kind: 'array', element, readonly: parts.readonly }
}

export function expandStandard(
  context: Context,
  type: ts.Type,
  standard: StandardType,
  site: Site,
): TypeModel {
  if (standard !== 'Map' && standard !== 'Set') return { kind: 'carried', type: standard }
  const { checker } = context
  const [declaration] = type.getSymbol()?.declarations ?? []
  const bindings = declaration && bindingsOf(checker, declaration, site.written, type)
  const written = [...(bindings?.values() ?? [])]
  const [first, second] = argumentsOf(checker, type).map((inner, index) => {
    const step = standard === 'Set' ? '<value>' : index === 0 ? '<key>' : '<value>'
    return context.expand(inner, below(site, step, written[index]))
  })
  const nothing: TypeModel = { kind: 'unknown' }
  const readonly = type.getSymbol()?.name.startsWith('Readonly') ?? false
  return standard === 'Map'
    ? { kind: 'map', key: first ?? nothing, value: second ?? nothing, readonly }
    : { kind: 'set', element: first ?? nothing, readonly }
}

export function isTuple(checker: ts.TypeChecker, type: ts.Type): type is ts.TupleTypeReference {
  return checker.isTupleType(type)
}

export function expandTuple(context: Context, type: ts.TupleTypeReference, site: Site): TypeModel {
  const { elementFlags, labeledElementDeclarations, readonly } = type.target
  const restAt = elementFlags.findIndex((flags) => flags & ts.ElementFlags.Variable)
  if (restAt !== -1 && restAt !== elementFlags.length - 1) {
    const text = context.checker.typeToString(type)
    return context.refuse(hasNoJsonForm(text, 'Put the rest element last.'), site)
  }
  const elements = context.checker.getTypeArguments(type).map((inner, index): TupleElement => {
    const flags = elementFlags[index] ?? ts.ElementFlags.Required
    const kind =
      flags & ts.ElementFlags.Variable
        ? 'rest'
        : flags & ts.ElementFlags.Optional
          ? 'optional'
          : 'required'
    const labeled = labeledElementDeclarations?.[index]
    const label = labelOf(labeled)
    const step = `[${index}]`
    const written = writtenMember(context.checker, site, type, String(index))
    const mayBeLeft = kind === 'optional' && !isUndefinedGiven(context, inner)
    const expanded = mayBeLeft
      ? absence(context.expand(inner, belowLeavable(site, step, written))).present
      : context.expand(inner, below(site, step, written))
    const place = { ...site, path: site.path + step }
    context.reportUnseen(labeled, place)
    const described = context.describe(expanded, tagsOfMember(labeled), place)
    return { type: described, kind, ...(label !== undefined && { label }) }
  })
  return { kind: 'tuple', elements, readonly }
}

/**
 * Whether an optional element may also be `undefined`, for which null stands in a list: of one that may
 * be null itself we only take what is left out.
 */
function isUndefinedGiven({ checker, isExact }: Context, type: ts.Type): boolean {
  const isNullable = type.isUnion() && type.types.some(({ flags }) => flags & ts.TypeFlags.Null)
  return isExact && !isNullable && mayBeUndefined(checker, type)
}

/** Labels say nothing to the compiler: one that is no plain name (`{ a }` of a parameter) is left out. */
function labelOf(
  declaration: ts.NamedTupleMember | ts.ParameterDeclaration | undefined,
): string | undefined {
  const name = declaration?.name
  return name && ts.isIdentifier(name) && isIdentifier(name.text) ? name.text : undefined
}

function argumentsOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  return isReference(type) ? checker.getTypeArguments(type) : []
}

const isReference = (type: ts.Type): type is ts.TypeReference => 'target' in type

import { ts } from 'ts-morph'
import { absence } from '../../absence.ts'
import { isIdentifier } from '../../identifiers.ts'
import type { TupleElement, TypeModel } from '../../model.ts'
import type { Context } from './context.ts'
import { hasNoJsonForm } from './problems.ts'
import { below, belowLeavable, typeArgumentsIn, writtenElement, type Site } from './site.ts'
import { baseTypes, type StandardType } from './standard-types.ts'
import { mayBeUndefined } from './unions.ts'
import type { Written } from './written.ts'

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

export function expandArray(context: Context, parts: ArrayParts, site: Site): TypeModel {
  const inner = below(site, '[]', writtenElement(site.written))
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
  const { written } = site
  const nodes = written ? typeArgumentsIn(written.node) : []
  const [first, second] = argumentsOf(context.checker, type).map((inner, index) => {
    const step = standard === 'Set' ? '<value>' : index === 0 ? '<key>' : '<value>'
    const node = nodes[index]
    const place = below(site, step, node && { node, bindings: written?.bindings })
    return context.expand(inner, place)
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
  const nodes = writtenElements(site.written)
  const elements = context.checker.getTypeArguments(type).map((inner, index): TupleElement => {
    const flags = elementFlags[index] ?? ts.ElementFlags.Required
    const kind =
      flags & ts.ElementFlags.Variable
        ? 'rest'
        : flags & ts.ElementFlags.Optional
          ? 'optional'
          : 'required'
    const label = labelOf(labeledElementDeclarations?.[index])
    const step = `[${index}]`
    const mayBeLeft = kind === 'optional' && !isUndefinedGiven(context, inner)
    const expanded = mayBeLeft
      ? absence(context.expand(inner, belowLeavable(site, step, nodes[index]))).present
      : context.expand(inner, below(site, step, nodes[index]))
    return { type: expanded, kind, ...(label !== undefined && { label }) }
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

function writtenElements(written: Written | undefined): (Written | undefined)[] {
  if (written === undefined) return []
  const { node, bindings } = written
  if (ts.isTypeOperatorNode(node)) return writtenElements({ node: node.type, bindings })
  if (!ts.isTupleTypeNode(node)) return []
  return node.elements.map((element) => {
    const isWrapped = ts.isNamedTupleMember(element) || ts.isOptionalTypeNode(element)
    if (isWrapped) return { node: element.type, bindings }
    if (ts.isRestTypeNode(element)) return writtenElement({ node: element.type, bindings })
    return { node: element, bindings }
  })
}

function argumentsOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  return isReference(type) ? checker.getTypeArguments(type) : []
}

const isReference = (type: ts.Type): type is ts.TypeReference => 'target' in type

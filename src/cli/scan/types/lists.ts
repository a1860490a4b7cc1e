import { ts } from 'ts-morph'
import type { TupleElement, TypeModel } from '../../model.ts'
import type { Context } from './context.ts'
import { hasNoJsonForm } from './problems.ts'
import { below, unparenthesized, writtenElement, type Site } from './site.ts'
import type { StandardType } from './standard-types.ts'

/** `X[]` and `readonly X[]`. */
export function expandArray(context: Context, type: ts.Type, site: Site): TypeModel {
  const [element] = argumentsOf(context.checker, type)
  const inner = below(site, '[]', writtenElement(site.written))
  return {
    kind: 'array',
    element: element ? context.expand(element, inner) : { kind: 'unknown' },
    readonly: type.getSymbol()?.name === 'ReadonlyArray',
  }
}

export function expandStandard(
  context: Context,
  type: ts.Type,
  standard: StandardType,
  site: Site,
): TypeModel {
  if (standard !== 'Map' && standard !== 'Set') return { kind: 'carried', type: standard }
  const written = unparenthesized(site.written)
  const nodes = written && ts.isTypeReferenceNode(written) ? (written.typeArguments ?? []) : []
  const [first, second] = argumentsOf(context.checker, type).map((inner, index) => {
    const step = standard === 'Set' ? '<value>' : index === 0 ? '<key>' : '<value>'
    return context.expand(inner, below(site, step, nodes[index]))
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
    const label = labeledElementDeclarations?.[index]?.name.getText()
    const expanded = context.expand(inner, below(site, `[${index}]`, nodes[index]))
    return {
      type: kind === 'optional' ? withoutUndefined(expanded) : expanded,
      kind,
      ...(label !== undefined && { label }),
    }
  })
  return { kind: 'tuple', elements, readonly }
}

/** In an optional property or element, absence says it already. */
export function withoutUndefined(type: TypeModel): TypeModel {
  if (type.kind === 'undefined') return { kind: 'never' }
  if (type.kind !== 'union') return type
  const members = type.members.filter(({ kind }) => kind !== 'undefined')
  const [only] = members
  return members.length === 1 && only ? only : { ...type, members }
}

function writtenElements(written: ts.TypeNode | undefined): (ts.TypeNode | undefined)[] {
  const node = unparenthesized(written)
  if (node === undefined) return []
  if (ts.isTypeOperatorNode(node)) return writtenElements(node.type)
  if (!ts.isTupleTypeNode(node)) return []
  return node.elements.map((element) => {
    if (ts.isNamedTupleMember(element) || ts.isOptionalTypeNode(element)) return element.type
    return ts.isRestTypeNode(element) ? writtenElement(element.type) : element
  })
}

function argumentsOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  return isReference(type) ? checker.getTypeArguments(type) : []
}

const isReference = (type: ts.Type): type is ts.TypeReference => 'target' in type

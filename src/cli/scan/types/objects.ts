import { ts } from 'ts-morph'
import { absence } from '../../absence.ts'
import type { PropertyModel, TypeModel } from '../../model.ts'
import { isNamedBySymbol, partsWithoutBrands } from './brands.ts'
import { noJsonForm } from './built-in-classes.ts'
import type { Context } from './context.ts'
import { badName, hasNoJsonForm, isFunction, isInstance, isSymbol } from './problems.ts'
import { atProperty, below, belowLeavable, writtenMember, type Site } from './site.ts'
import { builtInClass, isBuiltIn, isBuiltInDeclaration } from './standard-types.ts'
import { tagsOf, tagsOfMember } from './tags.ts'
import { hasUndefined, mayBeUndefined } from './unions.ts'
import { writtenType, type Written } from './written-bindings.ts'

/** An object type, or an intersection of them, with its properties merged. */
export function expandObject(context: Context, type: ts.Type, site: Site): TypeModel {
  const { checker } = context
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) {
    return context.refuse(isFunction(), site)
  }
  const symbols = dataProperties(checker, type)
  const symbol = type.getSymbol()
  if (symbol && symbol.flags & ts.SymbolFlags.Class && !isBuiltIn(symbol)) {
    const behaviour = symbols.filter(isBehaviour)
    if (behaviour.length > 0) {
      return context.refuse(isInstance(symbol.name, nameMembers(behaviour)), site)
    }
  }
  const base = builtInClass(checker, type)
  if (base !== undefined && symbol && symbol.flags & ts.SymbolFlags.Class) {
    return context.refuse(isInstance(symbol.name, `base ${base}`), site)
  }
  // Built-in classes (`Error`), and whatever is derived from one (`interface Rows extends Array`).
  if (base !== undefined || symbols.some(isBuiltInMethod)) {
    return context.refuse(noJsonForm(checker, type, site.path === ''), site)
  }
  const isOpen = symbols.length === 0 && checker.getIndexInfosOfType(type).length === 0
  return {
    kind: 'object',
    properties: symbols.flatMap((property) => expandProperty(context, type, property, site) ?? []),
    // Any object is a `{}`.
    index: isOpen ? { kind: 'unknown' } : expandIndex(context, type, site),
  }
}

/** By its declaration: a mapped type (`Readonly<Date>`) makes properties of methods. */
function isBuiltInMethod(property: ts.Symbol): boolean {
  const methods = property.declarations?.filter(
    (it) => ts.isMethodSignature(it) || ts.isMethodDeclaration(it),
  )
  return methods?.some(isBuiltInDeclaration) ?? false
}

function expandProperty(
  context: Context,
  owner: ts.Type,
  property: ts.Symbol,
  site: Site,
): PropertyModel | undefined {
  const { checker } = context
  const declaration = property.declarations?.[0]
  if (isNamedBySymbol(property)) {
    const key = /^__@(.*?)(@\d+)?$/.exec(property.escapedName.toString())?.[1]
    context.report(isSymbol(), atProperty(site, key ?? 'symbol', declaration))
    return undefined
  }
  const { name } = property
  const written = writtenMember(checker, site, owner, name, property)
  const inner = atProperty(site, name, declaration, written && withoutOwnTags(written, property))
  const nameProblem = badName(name)
  if (nameProblem) {
    context.report(nameProblem, inner)
    return undefined
  }
  const optional = (property.flags & ts.SymbolFlags.Optional) !== 0
  const own = checker.getTypeOfSymbol(property)
  const tags = tagsOf(property, checker)
  const expanded = context.expand(own, { ...inner, told: new Set(tags.map((tag) => tag.name)) })
  const type =
    optional && !saysUndefined(context, own, declaration) ? absence(expanded).present : expanded
  context.reportUnseen(declaration, inner)
  const description = ts.displayPartsToString(property.getDocumentationComment(checker)).trim()
  return {
    name,
    type: context.describe(type, tags, inner),
    optional,
    readonly: isReadonly(property),
    ...(description !== '' && { description }),
    ...(tags.some((tag) => tag.name === 'deprecated') && { deprecated: true }),
  }
}

/** Where the project does not tell one from the other, every optional property may be undefined. */
function saysUndefined(
  { checker, isExact }: Context,
  type: ts.Type,
  declaration: ts.Declaration | undefined,
): boolean {
  if (isExact) return mayBeUndefined(checker, type)
  const written = declaration && writtenType(declaration)
  return written !== undefined && hasUndefined(checker.getTypeFromTypeNode(written))
}

function expandIndex(context: Context, type: ts.Type, site: Site): TypeModel | null {
  const infos = context.checker.getIndexInfosOfType(type)
  for (const { keyType } of infos) {
    if (keyType.flags & ts.TypeFlags.ESSymbol) context.report(isSymbol(), below(site, '[symbol]'))
    else if (!(keyType.flags & (ts.TypeFlags.String | ts.TypeFlags.Number))) {
      const key = context.checker.typeToString(keyType)
      const hint = 'Use a Record<string, …>, and check its keys in the function.'
      context.report(hasNoJsonForm(`an index signature for ${key}`, hint), below(site, `[${key}]`))
    }
  }
  // A string index covers a number index beside it.
  const info =
    infos.find(({ keyType }) => keyType.flags & ts.TypeFlags.String) ??
    infos.find(({ keyType }) => keyType.flags & ts.TypeFlags.Number)
  if (info === undefined) return null
  const key = context.checker.typeToString(info.keyType)
  const written = writtenMember(context.checker, site, type, null)
  const inner = belowLeavable(site, `[${key}]`, written)
  context.reportUnseen(info.declaration, inner)
  return context.describe(context.expand(info.type, inner), tagsOfMember(info.declaration), inner)
}

/** What the property itself says is read from it. */
function withoutOwnTags({ members, ...written }: Written, property: ts.Symbol): Written {
  const others = members?.filter(
    ({ declarations }) => declarations?.[0] !== property.declarations?.[0],
  )
  return others && others.length > 0 ? { ...written, members: others } : written
}

/** Without those that only a brand has. */
function dataProperties(checker: ts.TypeChecker, type: ts.Type): ts.Symbol[] {
  const symbols = orderedProperties(checker, type)
  if (!type.isIntersection()) return symbols
  const parts = partsWithoutBrands(checker, type)
  const names = new Set(parts.flatMap((part) => part.getProperties().map((it) => it.escapedName)))
  return symbols.filter((symbol) => names.has(symbol.escapedName))
}

/**
 * In order of declaration. The checker has that order too, except for mapped types over a union of
 * names, whose order depends on what it looked at before.
 */
function orderedProperties(checker: ts.TypeChecker, type: ts.Type): ts.Symbol[] {
  if (type.isIntersection()) {
    const names = new Set(
      type.types.flatMap((part) => orderedProperties(checker, part).map((it) => it.escapedName)),
    )
    const symbols = new Map(checker.getPropertiesOfType(type).map((it) => [it.escapedName, it]))
    return [...names].flatMap((name) => symbols.get(name) ?? [])
  }
  const symbols = checker.getPropertiesOfType(type)
  const isMapped = 'objectFlags' in type && Number(type.objectFlags) & ts.ObjectFlags.Mapped
  return isMapped ? [...symbols].sort(orderOfDeclaration) : symbols
}

function orderOfDeclaration(a: ts.Symbol, b: ts.Symbol): number {
  const first = a.declarations?.[0]
  const second = b.declarations?.[0]
  // What is declared by name alone (`Record<'a' | 'b', …>`) is declared by the mapped type itself.
  if (first && second && first !== second && first.getSourceFile() === second.getSourceFile()) {
    return first.pos - second.pos
  }
  return a.name < b.name ? -1 : 1
}

/** Would not arrive: methods, accessors, and what is private. */
function isBehaviour(member: ts.Symbol): boolean {
  if (member.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)) return true
  return (member.declarations ?? []).some((declaration) => {
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
    const name = ts.getNameOfDeclaration(declaration)
    return (
      (ts.getCombinedModifierFlags(declaration) & hidden) !== 0 ||
      (name !== undefined && ts.isPrivateIdentifier(name))
    )
  })
}

function nameMembers(members: readonly ts.Symbol[]): string {
  const names = members.map((member) => {
    const declaration = member.declarations?.[0]
    const name = declaration && ts.getNameOfDeclaration(declaration)
    return name ? name.getText() : member.name
  })
  const shown = names.slice(0, 3).join(', ')
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown
}

/** Bit 3 of the compiler's check flags, which mapped types such as `Readonly<T>` set. */
const checkFlagsReadonly = 8

function isReadonly(property: ts.Symbol): boolean {
  const links: unknown = 'links' in property ? property.links : undefined
  if (typeof links === 'object' && links !== null && 'checkFlags' in links) {
    const flags = Number(links.checkFlags)
    // A mapped type decides by itself; what it maps is only where it was declared.
    if (flags & checkFlagsReadonly) return true
    if ('mappedType' in links) return false
  }
  return (property.declarations ?? []).some(
    (declaration) => ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly,
  )
}

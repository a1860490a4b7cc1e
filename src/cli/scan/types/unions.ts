import { ts } from 'ts-morph'
import type { TypeModel } from '../../model.ts'
import type { Context } from './context.ts'
import type { Site } from './site.ts'
import { bodyOfAlias, namedSymbol, type Written } from './written-bindings.ts'
import { bindingsOf, meant, writtenAs } from './written.ts'

/**
 * A union, flat, in the order it is written in (the checker's own order depends on what it looked at
 * before), `null` and `undefined` last.
 */
export function expandUnion(context: Context, type: ts.UnionType, site: Site): TypeModel {
  const { checker } = context
  const places = new Map<ts.Type, Place>()
  for (const written of writtenUnions(checker, type, site)) findPlaces(checker, written, places)
  for (const member of enumMembers(type)) places.set(member, { rank: places.size })

  const found = partsOf(checker, type)
  placeInstances(checker, found, places)
  const parts = namedParts(context, found, places).map((part): Ranked => {
    const place = places.get(part)
    const ranks = membersOf(part).map((member) => places.get(member)?.rank ?? Infinity)
    return {
      rank: place?.rank ?? Math.min(...ranks),
      type: context.expand(part, memberSite(site, place)),
    }
  })
  parts.sort((a, b) => tail(a.type) - tail(b.type) || compareRanks(a, b))

  // Nobody can tell of a value which member it is of, so all of it is sensitive.
  const sensitive = parts.some((part) => part.type.sensitive)
  const members = simplify(parts.flatMap((part) => flatten(part.type)).map(unmarked))
  const [only] = members
  if (members.length === 1 && only) return sensitive ? { ...only, sensitive } : only
  const union: TypeModel = { kind: 'union', members, ...(sensitive && { sensitive }) }
  context.checkUnion(union, site)
  return union
}

/** `Page<T>` is the place of a `Page<Order>`; of several the one that it may be. */
function placeInstances(
  checker: ts.TypeChecker,
  parts: readonly ts.Type[],
  places: Map<ts.Type, Place>,
): void {
  const open = parts.filter((part) => !places.has(part))
  const generic = [...places].filter(([type]) => !parts.includes(type))
  for (const part of open) {
    const symbol = ownSymbol(part)
    const own = generic.flatMap(([type, place]) => {
      return symbol && ownSymbol(type) === symbol && place.written ? [place] : []
    })
    const all = own.flatMap(({ written }) => written ?? [])
    const isLone = open.filter((it) => ownSymbol(it) === symbol).length === 1
    const written = isLone && all.length === 1 ? all[0] : writtenAs(checker, all, part)
    const place = own.find((it) => it.written === written)
    if (place) places.set(part, place)
  }
}

const ownSymbol = (type: ts.Type): ts.Symbol | undefined => type.aliasSymbol ?? type.getSymbol()

/** The parts, with a union that is written by its name in one piece, where the compiler forgot it. */
function namedParts(
  context: Context,
  parts: readonly ts.Type[],
  places: ReadonlyMap<ts.Type, Place>,
): ts.Type[] {
  const whole = new Map<ts.Type, ts.Type>()
  for (const [union, { written }] of places) {
    if (!union.isUnion() || !union.types.every((it) => parts.includes(it))) continue
    if (!context.isNamedAs(written, union)) continue
    for (const part of union.types) whole.set(part, union)
  }
  return [...new Set(parts.map((part) => whole.get(part) ?? part))]
}

/** Where a member stands in the written union, and how it is written there. */
interface Place {
  rank: number
  written?: Written
}

/** Where the union's own text may be: at this place, and in its alias. */
function writtenUnions(checker: ts.TypeChecker, type: ts.Type, { written }: Site): Written[] {
  const aliases = type.aliasSymbol?.declarations?.filter(ts.isTypeAliasDeclaration) ?? []
  const bodies = aliases.filter((it) => it.type !== written?.node)
  const ofAlias = bodies.map((it): Written => {
    return { node: it.type, bindings: bindingsOf(checker, it, written, type) }
  })
  return written ? [...ofAlias, written] : ofAlias
}

/** Members that are computed (`keyof User`) have no place: they are sorted by their text. */
function findPlaces(checker: ts.TypeChecker, at: Written, places: Map<ts.Type, Place>): void {
  const written = meant(checker, at)
  if (written === undefined) return
  const { node, bindings } = written
  if (ts.isUnionTypeNode(node)) {
    for (const member of node.types) findPlaces(checker, { node: member, bindings }, places)
    return
  }
  const type = checker.getTypeFromTypeNode(node)
  if (!places.has(type)) places.set(type, { rank: places.size, written })
  const alias = ts.isTypeReferenceNode(node) ? namedSymbol(checker, node) : undefined
  for (const it of alias?.declarations?.filter(ts.isTypeAliasDeclaration) ?? []) {
    const body = meant(checker, bodyOfAlias(checker, it, written))
    if (body && isFurther(body.node)) findPlaces(checker, body, places)
  }
}

/** Where there may be members further in. */
const isFurther = (node: ts.TypeNode): boolean =>
  ts.isUnionTypeNode(node) || ts.isTypeReferenceNode(node)

function memberSite(site: Site, place: Place | undefined): Site {
  // Of what has no place of its own the whole may still say which of it is meant.
  if (place || !site.written) return { ...site, written: place?.written }
  const { node, bindings } = site.written
  return { ...site, written: { node, bindings } }
}

/** The members of an enum in order of declaration; none for other unions. */
function enumMembers(type: ts.UnionType): ts.Type[] {
  if (!(type.flags & ts.TypeFlags.EnumLiteral)) return []
  const position = (member: ts.Type): number => member.getSymbol()?.valueDeclaration?.pos ?? 0
  return [...type.types].sort((a, b) => position(a) - position(b))
}

const membersOf = (type: ts.Type): ts.Type[] => (type.isUnion() ? type.types : [type])

/**
 * The members, with named unions in one piece where the compiler remembers them (it does, to print
 * `Status | undefined` in error messages), and enums and `boolean` put together again.
 */
function partsOf(checker: ts.TypeChecker, type: ts.UnionType): ts.Type[] {
  const origin: unknown = 'origin' in type ? type.origin : undefined
  const remembered = isUnionLike(origin) ? origin.types : type.types
  const parts = remembered.flatMap((part) => (hasUndefined(part) ? membersOf(part) : [part]))
  return [...new Set(parts.map((part) => wholeOf(checker, part, type)))]
}

function isUnionLike(origin: unknown): origin is { types: ts.Type[] } {
  if (typeof origin !== 'object' || origin === null) return false
  const isUnion = 'flags' in origin && (Number(origin.flags) & ts.TypeFlags.Union) !== 0
  return isUnion && 'types' in origin && Array.isArray(origin.types)
}

const undefinedFlags = ts.TypeFlags.Undefined | ts.TypeFlags.Void

/** Where a value may be left out has to be seen at the property: a name must not hide it. */
export function hasUndefined(type: ts.Type): boolean {
  const members = type.isUnion() ? type.types : [type]
  return members.some(({ flags }) => flags & undefinedFlags)
}

/**
 * Where the project tells `undefined` from what is left out: is it `undefined` that may be given? The
 * compiler has a type of its own for what is left out.
 */
export function mayBeUndefined(checker: ts.TypeChecker, type: ts.Type): boolean {
  return membersOf(type).includes(checker.getUndefinedType())
}

/** The enum (or `boolean`) that the literal is of, when the union has all its literals and more. */
function wholeOf(checker: ts.TypeChecker, part: ts.Type, union: ts.UnionType): ts.Type {
  if (!(part.flags & (ts.TypeFlags.BooleanLiteral | ts.TypeFlags.EnumLiteral))) return part
  const whole = checker.getBaseTypeOfLiteralType(part)
  const isWhole =
    whole !== union && whole.isUnion() && whole.types.every((it) => union.types.includes(it))
  return isWhole ? whole : part
}

/** A member that came out as a union itself is part of this one. */
const flatten = (type: TypeModel): TypeModel[] => (type.kind === 'union' ? type.members : [type])

function unmarked(type: TypeModel): TypeModel {
  const plain = { ...type }
  delete plain.sensitive
  return plain
}

function simplify(all: readonly TypeModel[]): TypeModel[] {
  const values = all.map((member): TypeModel =>
    member.kind === 'void' ? { kind: 'undefined' } : member,
  )
  const members = [...new Map(values.map((member) => [JSON.stringify(member), member])).values()]
  if (members.some(({ kind }) => kind === 'unknown')) return [{ kind: 'unknown' }]
  // `'a' | (string & {})` keeps its literals for editors alone.
  const hasString = members.some(({ kind }) => kind === 'string')
  const hasNumber = members.some(({ kind }) => kind === 'number')
  return members.filter((member) => {
    if (member.kind === 'template') return !hasString
    if (member.kind !== 'literal') return member.kind !== 'never'
    return !(typeof member.value === 'string'
      ? hasString
      : hasNumber && typeof member.value === 'number')
  })
}

function tail(type: TypeModel): number {
  if (type.kind === 'null') return 1
  return type.kind === 'undefined' || type.kind === 'void' ? 2 : 0
}

interface Ranked {
  rank: number
  type: TypeModel
}

function compareRanks(a: Ranked, b: Ranked): number {
  if (a.rank !== b.rank) return a.rank - b.rank
  const [first, second] = [JSON.stringify(a.type), JSON.stringify(b.type)]
  return first < second ? -1 : first > second ? 1 : 0
}

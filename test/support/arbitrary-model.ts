import fc from 'fast-check'
import { absence } from '../../src/cli/absence.ts'
import type { NamedType, PropertyModel, TupleElement, TypeModel } from '../../src/cli/model.ts'
import { AmbiguityCheck } from '../../src/cli/scan/types/ambiguity.ts'
import { badName } from '../../src/cli/scan/types/problems.ts'
import { anyName, anyText } from './arbitrary-text.ts'

/** A type as the scan can hand it on, and the named types that it refers to. */
export interface Generated {
  type: TypeModel
  types: NamedType[]
}

const names = ['A', 'B', 'C'] as const

/** Where in the type: decides which references end, and whether a value may be left out. */
interface Place {
  depth: number
  /** Named types that are declared before this one: a reference to them cannot lead back here. */
  earlier: readonly string[]
  /** Can the value around it do without this one (an element of a list, an optional property)? */
  escapable: boolean
}

const carried: TypeModel[] = (['Date', 'bigint', 'URL', 'Uint8Array'] as const).map((type) => ({
  kind: 'carried',
  type,
}))

const leaf: fc.Arbitrary<TypeModel> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...carried) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<TypeModel>(
      { kind: 'string' },
      { kind: 'string', constraints: { minLength: 1, maxLength: 6 } },
      { kind: 'number' },
      { kind: 'number', constraints: { minimum: -5, maximum: 5, integer: true } },
      { kind: 'boolean' },
      { kind: 'null' },
      { kind: 'undefined' },
      { kind: 'unknown' },
      { kind: 'template', text: '`id-${string}`', pattern: '^id-[\\s\\S]*$' },
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .oneof(anyText, fc.integer(), fc.boolean(), fc.constantFrom('2024-01-01T00:00:00Z', '12'))
      .map((value): TypeModel => ({ kind: 'literal', value })),
  },
)

function typeAt(place: Place): fc.Arbitrary<TypeModel> {
  const known = place.escapable ? names : place.earlier
  const reference = known.map((name) => fc.constant<TypeModel>({ kind: 'reference', name }))
  if (place.depth >= 3) return fc.oneof(leaf, ...reference)
  const inner = typeAt({ ...place, depth: place.depth + 1 })
  const escapable = typeAt({ ...place, depth: place.depth + 1, escapable: true })
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    ...reference.map((arbitrary) => ({ weight: 1, arbitrary })),
    { weight: 2, arbitrary: unionOf(inner) },
    { weight: 3, arbitrary: objectOf(inner, escapable) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(escapable, escapable, fc.boolean())
        .map(([key, value, readonly]): TypeModel => ({ kind: 'map', key, value, readonly })),
    },
    {
      weight: 1,
      arbitrary: escapable.map((element): TypeModel => ({ kind: 'set', element, readonly: false })),
    },
    {
      weight: 1,
      arbitrary: escapable.map((element): TypeModel => ({
        kind: 'array',
        element,
        readonly: true,
      })),
    },
    { weight: 1, arbitrary: tupleOf(inner, escapable) },
  )
}

/** Flat, and without doubles, as the scan makes them; whether it is ambiguous is seen at the end. */
function unionOf(inner: fc.Arbitrary<TypeModel>): fc.Arbitrary<TypeModel> {
  return fc.array(inner, { minLength: 2, maxLength: 4 }).map((parts) => {
    const flat = parts.flatMap((part) => (part.kind === 'union' ? part.members : [part]))
    const members = [...new Map(flat.map((it) => [JSON.stringify(it), it])).values()]
    const [only] = members
    if (members.some(({ kind }) => kind === 'unknown')) return { kind: 'unknown' }
    return members.length === 1 && only ? only : { kind: 'union', members }
  })
}

function objectOf(
  inner: fc.Arbitrary<TypeModel>,
  escapable: fc.Arbitrary<TypeModel>,
): fc.Arbitrary<TypeModel> {
  // The scan refuses these names in types; under an index signature they are keys like any other.
  const name = fc
    .oneof(fc.constantFrom('kind', 'a', 'b'), anyName)
    .filter((it) => badName(it) === undefined)
  const property = fc.tuple(name, fc.boolean()).chain(([own, optional]) =>
    (optional ? escapable : inner).map((type): PropertyModel => {
      return { name: own, type, optional, readonly: false }
    }),
  )
  return fc
    .tuple(
      fc.uniqueArray(property, { maxLength: 4, selector: (it) => it.name }),
      fc.option(escapable, { freq: 4 }),
    )
    .map(([properties, index]): TypeModel => ({ kind: 'object', properties, index }))
}

function tupleOf(
  inner: fc.Arbitrary<TypeModel>,
  escapable: fc.Arbitrary<TypeModel>,
): fc.Arbitrary<TypeModel> {
  const required = inner.map((type): TupleElement => ({ type, kind: 'required' }))
  const optional = escapable.map((type): TupleElement => ({
    type: absence(type).present,
    kind: 'optional',
  }))
  const rest = escapable.map((type): TupleElement => ({ type, kind: 'rest' }))
  return fc
    .tuple(
      fc.array(required, { maxLength: 2 }),
      fc.array(optional, { maxLength: 1 }),
      fc.array(rest, { maxLength: 1 }),
    )
    .map((parts): TypeModel => ({ kind: 'tuple', elements: parts.flat(), readonly: false }))
}

/** Types that the scan would not refuse for a union in them that is ambiguous. */
export const generated: fc.Arbitrary<Generated> = fc
  .tuple(
    fc.tuple(...names.map((_, index) => namedBody(names.slice(0, index)))),
    typeAt({ depth: 0, earlier: names, escapable: true }),
  )
  .map(([bodies, type]) => ({
    type,
    types: bodies.map((body, index): NamedType => ({ name: names[index] ?? '', type: body })),
  }))
  .filter(isUnambiguous)

/** An object, or a union of them with whatever has an end: a name that means only itself has none. */
function namedBody(earlier: readonly string[]): fc.Arbitrary<TypeModel> {
  const place: Place = { depth: 1, earlier, escapable: false }
  const object = objectOf(typeAt(place), typeAt({ ...place, escapable: true }))
  const body = fc.oneof(
    { weight: 3, arbitrary: object },
    // A named type hides no `undefined`.
    { weight: 1, arbitrary: unionOf(fc.oneof(object, leaf)).map((it) => absence(it).present) },
  )
  return body.filter(({ kind }) => kind !== 'never')
}

function isUnambiguous({ type, types }: Generated): boolean {
  const check = new AmbiguityCheck(({ name }) => types.find((it) => it.name === name)?.type)
  const isFine = (here: TypeModel, leavable: boolean): boolean => {
    if (check.find(here, leavable)) return false
    switch (here.kind) {
      case 'map':
        return isFine(here.key, false) && isFine(here.value, false)
      case 'set':
      case 'array':
        return isFine(here.element, false)
      case 'tuple':
        return here.elements.every((it) => isFine(it.type, it.kind === 'optional'))
      case 'object':
        return (
          here.properties.every((it) => isFine(it.type, true)) &&
          (here.index === null || isFine(here.index, true))
        )
      case 'union':
        return here.members.every((member) => isFine(member, false))
      default:
        return true
    }
  }
  return isFine(type, false) && types.every((it) => isFine(it.type, false))
}

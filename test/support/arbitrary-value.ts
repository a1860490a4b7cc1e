import fc from 'fast-check'
import { absence } from '../../src/cli/absence.ts'
import type { TupleElement, TypeModel } from '../../src/cli/model.ts'
import type { Generated } from './arbitrary-model.ts'
import { anyName, anyText } from './arbitrary-text.ts'

/** A value that is left out, which is how `undefined` in a property arrives. */
const leftOut = Symbol('left out')

/** Deeper values take the shortest way to an end. */
const maxDepth = 4

// JSON has no -0: it arrives as 0.
const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => value + 0)

// Through text: JSON has no -0. Without the keys that `anyName` leaves out.
const anyJson = fc
  .json({ maxDepth: 2 })
  .filter((text) => !/"\\(?:[^u]|u.{4})":/.test(text))
  .map((text): unknown => JSON.parse(text))

const scalars = {
  Date: fc.date({ noInvalidDate: true }),
  bigint: fc.oneof(fc.bigInt(), fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n })),
  URL: fc.webUrl({ withFragments: true, withQueryParameters: true }).map((text) => new URL(text)),
  Uint8Array: fc.uint8Array({ maxLength: 12 }),
}

/** Values of the type, as its TypeScript allows them. */
export function valuesOf({ type, types }: Generated): fc.Arbitrary<unknown> {
  const bodyOf = (name: string): TypeModel => {
    const body = types.find((it) => it.name === name)?.type
    if (body === undefined) throw new Error(`nothing is named ${name}`)
    return body
  }

  function value(here: TypeModel, depth: number): fc.Arbitrary<unknown> {
    const inner = (it: TypeModel): fc.Arbitrary<unknown> => value(it, depth + 1)
    const list = <Item>(item: () => fc.Arbitrary<Item>): fc.Arbitrary<Item[]> =>
      depth >= maxDepth ? fc.constant([]) : fc.array(item(), { maxLength: 3 })
    switch (here.kind) {
      case 'string':
        return here.constraints ? fc.string({ minLength: 1, maxLength: 6 }) : anyText
      case 'number':
        return here.constraints ? fc.integer({ min: -5, max: 5 }) : number
      case 'boolean':
        return fc.boolean()
      case 'null':
        return fc.constant(null)
      case 'undefined':
        return fc.constant(undefined)
      case 'unknown':
        return anyJson
      case 'literal':
        return fc.constant(here.value)
      case 'template':
        return anyText.map((text) => `id-${text}`)
      case 'carried':
        return scalars[here.type]
      case 'map':
        return list(() => fc.tuple(inner(here.key), inner(here.value))).map((it) => new Map(it))
      case 'set':
        return list(() => inner(here.element)).map((items) => new Set(items))
      case 'array':
        return list(() => inner(here.element))
      case 'tuple': {
        const of = (kind: TupleElement['kind']): TypeModel[] =>
          here.elements.filter((it) => it.kind === kind).map((it) => it.type)
        const required = fc.tuple(...of('required').map(inner))
        const [[optional], [rest]] = [of('optional'), of('rest')]
        const others = rest ? list(() => inner(rest)) : fc.constant([])
        if (!optional) return fc.tuple(required, others).map((parts) => parts.flat())
        if (optional.kind === 'never' || depth >= maxDepth) return required
        const more = fc.tuple(inner(optional), others).map(([one, next]) => [one, ...next])
        return fc.tuple(required, fc.oneof(fc.constant([]), more)).map((parts) => parts.flat())
      }
      case 'object':
        return object(here, depth)
      case 'union': {
        const short = here.members.filter(({ kind }) => kind !== 'object' && kind !== 'reference')
        const members = depth >= maxDepth && short.length > 0 ? short : here.members
        return fc.oneof(...members.map(inner))
      }
      case 'reference':
        return value(bodyOf(here.name), depth + 1)
      case 'void':
      case 'never':
        throw new Error(`no value of ${here.kind} was asked for`)
    }
  }

  function object(here: Extract<TypeModel, { kind: 'object' }>, depth: number) {
    const atProperty = (it: TypeModel, optional: boolean): fc.Arbitrary<unknown> => {
      const { possible, present } = absence(it)
      const left = fc.constant<unknown>(leftOut)
      if (present.kind === 'never') return left
      if (!possible && !optional) return value(present, depth + 1)
      return depth >= maxDepth ? left : fc.oneof(left, value(present, depth + 1))
    }
    const own = fc.tuple(...here.properties.map((it) => atProperty(it.type, it.optional)))
    const known = new Set(here.properties.map(({ name }) => name))
    const { index } = here
    const others =
      index && depth < maxDepth
        ? fc.array(fc.tuple(anyName, atProperty(index, false)), { maxLength: 2 })
        : fc.constant([])
    return fc.tuple(own, others).map(([values, extra]) => {
      const named = here.properties.map(({ name }, index) => [name, values[index]] as const)
      const free = extra.filter(([name]) => !known.has(name))
      // `fromEntries` makes even `__proto__` a property like any other.
      return Object.fromEntries([...named, ...free].filter(([, it]) => it !== leftOut))
    })
  }

  return value(type, 0)
}

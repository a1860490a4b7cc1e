import fc from 'fast-check'
import type { JsonSchema } from '../../src/runtime/contract.ts'
import { anyJson, definition } from './arbitrary-json.ts'

/** One change to a JSON value, made at a place of it that `at` picks. */
export interface Mutation {
  how: 'replace' | 'remove' | 'add' | 'nudge' | 'copy'
  at: number
  /** For `add`: the property; for `copy`: the place it is taken from. */
  from: number
  name: string
  value: unknown
  delta: number
}

/** Names of properties and values of literals in the schemas: what makes a mutant hard to refuse. */
export interface Vocabulary {
  names: string[]
  values: unknown[]
}

export function vocabularyOf(schemas: readonly JsonSchema[]): Vocabulary {
  const names = new Set(['extra', '7'])
  const values = new Set<unknown>()
  for (const root of schemas) {
    const seen = new Set<unknown>()
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null || seen.has(node)) return
      seen.add(node)
      const entries: [string, unknown][] = Object.entries(node)
      for (const [keyword, inner] of entries) {
        if (keyword === '$defs' || keyword === 'definitions') continue
        if (keyword === '$ref' && typeof inner === 'string') visit(definition(root, inner))
        if (keyword === 'properties') for (const name of Object.keys(inner ?? {})) names.add(name)
        if (keyword === 'const') values.add(inner)
        if (keyword === 'enum' && Array.isArray(inner)) for (const value of inner) values.add(value)
        visit(inner)
      }
    }
    visit(root)
  }
  return { names: [...names], values: [...values] }
}

export function mutations({ names, values }: Vocabulary): fc.Arbitrary<Mutation> {
  const literal = values.length > 0 ? [fc.constantFrom(...values)] : []
  return fc.record({
    how: fc.constantFrom<Mutation['how'][]>('replace', 'remove', 'add', 'nudge', 'nudge', 'copy'),
    at: fc.nat(1000),
    from: fc.nat(1000),
    name: fc.constantFrom(...names),
    value: fc.oneof(anyJson, ...literal),
    delta: fc.constantFrom(-1, 1, -0.5, 0.5, 5, -100, 100),
  })
}

/** A place in a JSON value: the container, and the key in it. */
type Place = [container: Record<string | number, unknown>, key: string | number]

/** The value with the change made; the given one is left as it was. */
export function mutated(value: unknown, mutation: Mutation): unknown {
  const root: Record<string, unknown> = { value: structuredClone(value) }
  const places = placesIn(root)
  const pick = (index: number): Place => places[index % places.length] ?? [root, 'value']
  const [container, key] = pick(mutation.at)
  const here = container[key]
  switch (mutation.how) {
    case 'replace':
      container[key] = structuredClone(mutation.value)
      break
    case 'remove':
      if (Array.isArray(container)) container.splice(Number(key), 1)
      else if (container === root) root['value'] = null
      else Reflect.deleteProperty(container, key)
      break
    case 'add':
      if (Array.isArray(here))
        here.push(here.length > 0 ? structuredClone(here[0]) : mutation.value)
      else if (isContainer(here)) here[mutation.name] = structuredClone(mutation.value)
      break
    case 'nudge':
      container[key] = nudged(here, mutation)
      break
    case 'copy': {
      const [other, otherKey] = pick(mutation.from)
      container[key] = structuredClone(other[otherKey])
    }
  }
  return root['value']
}

function placesIn(root: Record<string, unknown>): Place[] {
  const places: Place[] = []
  const visit = (container: Record<string | number, unknown>): void => {
    for (const key of Object.keys(container)) {
      places.push([container, key])
      const inner = container[key]
      if (isContainer(inner)) visit(inner)
    }
  }
  visit(root)
  return places
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null
}

/** Over a bound, or just not what it was. */
function nudged(value: unknown, { delta }: Mutation): unknown {
  if (typeof value === 'number') return value + delta
  if (typeof value === 'boolean') return !value
  if (typeof value === 'string') {
    if (delta === -1) return value.slice(0, -1)
    if (delta === 1) return `${value}a`
    if (delta === 0.5) return value.toUpperCase()
    return delta === -0.5 ? value.slice(1) : `${value}${value}`
  }
  if (Array.isArray(value)) return delta < 0 ? value.slice(0, -1) : [...value, ...value]
  return value === null ? {} : null
}

import { describe, expect, it } from 'vitest'
import { ValidationError } from '../../src/runtime/errors.ts'
import { payloadsOf } from './payloads-of.ts'

const payloads = payloadsOf(
  { alike: 'Alike', carried: 'Carried', term: 'Term', plain: '{ any: unknown }' },
  `
  type Alike = { next?: Alike; a?: string } | { next?: Alike; b?: number }
  type Carried = { next?: Carried; a?: Date } | { next?: Carried; b?: bigint }
  type Term =
    | { args: Term[]; op: 'and'; at?: Date }
    | { args: Term[]; op: 'or'; n?: bigint }
    | { args: Term[]; op: 'not' }`,
)

/** How often anything of a value is read. */
class Meter {
  reads = 0

  /** The object, read through the meter. */
  on(parts: Record<string, unknown>): Record<string, unknown> {
    const metered = {}
    for (const [name, part] of Object.entries(parts)) {
      const get = (): unknown => {
        this.reads += 1
        return part
      }
      Object.defineProperty(metered, name, { get, enumerable: true })
    }
    return metered
  }
}

type Layer = (inner: unknown) => Record<string, unknown>

const link: Layer = (next) => ({ next })
const call: Layer = (inner) => ({ args: [inner], op: 'or' })

const shapes: [queue: string, kind: string, core: Record<string, unknown>, layer: Layer][] = [
  ['alike', 'of no member', { c: 1 }, link],
  ['alike', 'of the last member', { b: 1 }, (next) => ({ next, b: 1 })],
  ['carried', 'of no member', { c: 1 }, link],
  ['term', 'with an unknown tag', { args: [], op: 'nor' }, call],
  ['term', 'with a known tag', { args: [], op: 'not' }, call],
]

function metered(core: Record<string, unknown>, layer: Layer, depth: number) {
  const meter = new Meter()
  let value = meter.on(core)
  for (let level = 0; level < depth; level += 1) value = meter.on(layer(value))
  return { meter, value }
}

/** The error's issues as lines; none when it was accepted. */
function refused(work: () => unknown): string[] {
  try {
    work()
    return []
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    return error.issues.map(({ path, reason }) => `${path} ${reason}`)
  }
}

describe('unions in unions: the work grows with the depth, and no faster', () => {
  describe.each(['encode', 'decode'] as const)('%s', (way) => {
    it.each(shapes)('%s: a value %s', (queue, _, core, layer) => {
      const readsAt = (depth: number): number => {
        const { meter, value } = metered(core, layer, depth)
        refused(() => payloads[way](queue, 'input', value))
        return meter.reads
      }
      const few = readsAt(5)
      expect(few).toBeGreaterThan(0)
      expect(readsAt(10)).toBeLessThan(2.5 * few)
    })
  })

  it('and says of a deep value what is wrong, and where', () => {
    const value = (): unknown => metered({ c: 1 }, link, 300).value
    const issue = `${'next.'.repeat(300)}c is not a known property`
    expect(refused(() => payloads.encode('carried', 'input', value()))).toEqual([issue])
    expect(refused(() => payloads.decode('carried', 'input', value()))).toEqual([issue])
  })
})

describe('values that refer to themselves in two places are refused', () => {
  const reason = 'is nested too deeply, or refers to itself'

  it.each<[queue: string, value: () => Record<string, unknown>, place: string]>([
    ['carried', () => ring('next', 'next'), 'next'],
    ['term', () => ({ op: 'or', args: [branching('args', { op: 'or' })] }), 'args'],
    ['plain', () => ({ any: ring('left', 'right') }), 'any'],
  ])('%s', (queue, value, place) => {
    expect(refused(() => payloads.encode(queue, 'input', value()))).toEqual([`${place} ${reason}`])
    // Of a result what its type does not know is left out, which looks at all of it.
    const leave = (): unknown => payloads.encode(queue, 'output', value(), () => undefined)
    expect(refused(leave)).toEqual([`${place} ${reason}`])
  })
})

function ring(...properties: string[]): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const property of properties) value[property] = value
  return value
}

/** An object with itself twice in a list of its own. */
function branching(list: string, rest: Record<string, unknown>): Record<string, unknown> {
  const value: Record<string, unknown> = { ...rest }
  value[list] = [value, value]
  return value
}

import { expect, it } from 'vitest'
import type { TypeModel } from '../../../src/cli/model.ts'
import { AmbiguityCheck } from '../../../src/cli/scan/types/ambiguity.ts'

/** How often the literals of such a union are looked at. */
function looksAt(count: number): number {
  let looks = 0
  const members = Array.from({ length: count }, (_, index): TypeModel => ({
    kind: 'literal',
    get value() {
      looks += 1
      return `literal-${index}`
    },
  }))
  const union: TypeModel = { kind: 'union', members: [...members, { kind: 'null' }] }
  expect(new AmbiguityCheck(() => undefined).find(union, false)).toBeUndefined()
  return looks
}

it('literals of a long union are not compared with each other', () => {
  const few = looksAt(20)
  expect(few).toBeGreaterThan(0)
  expect(looksAt(200)).toBeLessThan(20 * few)
})

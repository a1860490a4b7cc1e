import { describe, expect, it } from 'vitest'
import { codeOf, messageOf } from '../../src/runtime/error-parts.ts'

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

describe.each([
  ['an error', refused],
  ['a plain copy of one', { code: refused.code, message: refused.message }],
])('%s', (_, error) => {
  it('has its code and its message', () => {
    expect([codeOf(error), messageOf(error)]).toEqual(['ECONNREFUSED', 'connect ECONNREFUSED'])
  })
})

it.each([
  ['not today', 'not today'],
  [undefined, 'undefined'],
  [null, 'null'],
  [{ code: 5, message: 5 }, '[object Object]'],
])('%j has no code, and what it is as its message', (thrown, message) => {
  expect([codeOf(thrown), messageOf(thrown)]).toEqual(['', message])
})

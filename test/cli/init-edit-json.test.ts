import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appendElement, type Json, positionOf, setProperty } from '../../src/cli/init/edit-json.ts'

const lines = (...text: string[]) => `${text.join('\n')}\n`

describe('setting a property', () => {
  it.each([
    ['{}', '{\n  "a": 1\n}'],
    ['{ }', '{\n  "a": 1\n }'],
    ['{ "b": 2 }', '{ "b": 2, "a": 1 }'],
    ['{ "b": 2, }', '{ "b": 2, "a": 1 }'],
    ['{\n\t"b": 2\n}\n', '{\n\t"b": 2,\n\t"a": 1\n}\n'],
    ['{\r\n    "b": 2\r\n}\r\n', '{\r\n    "b": 2,\r\n    "a": 1\r\n}\r\n'],
    ['{\n  "b": 2, // two\n  // end\n}', '{\n  "b": 2, // two\n  // end\n  "a": 1\n}'],
    ['{\n  "b": 2 // two\n}', '{\n  "b": 2, // two\n  "a": 1\n}'],
    ['{\n  // nothing yet\n}', '{\n  // nothing yet\n  "a": 1\n}'],
    ['{ "a": 0, "b": 2 }', '{ "a": 1, "b": 2 }'],
    ['{ "a": 0, "a": 0 }', '{ "a": 0, "a": 1 }'],
    ['\uFEFF{ "b": 2 }', '\uFEFF{ "b": 2, "a": 1 }'],
  ])('%j', (before, after) => {
    expect(setProperty(before, ['a'], 1)).toBe(after)
  })

  it('makes the objects on the way, in the style of the file', () => {
    const text = lines(
      '{',
      '    "name": "shop",',
      '    "scripts": {',
      '        "b": "c"',
      '    }',
      '}',
    )
    const changed = setProperty(text, ['imports', '#pikku/*'], './.pikku/*')
    expect(setProperty(changed, ['scripts', 'worker'], 'pikku worker')).toBe(
      lines(
        '{',
        '    "name": "shop",',
        '    "scripts": {',
        '        "b": "c",',
        '        "worker": "pikku worker"',
        '    },',
        '    "imports": {',
        '        "#pikku/*": "./.pikku/*"',
        '    }',
        '}',
      ),
    )
  })
})

describe('appending to an array', () => {
  it.each([
    ['{ "include": ["src"] }', '{ "include": ["src", "jobs"] }'],
    ['{ "include": [] }', '{ "include": ["jobs"] }'],
    ['{ "include": ["src",] }', '{ "include": ["src", "jobs"] }'],
    [
      '{\n  "include": [\n    "src", /* all */\n  ],\n}',
      '{\n  "include": [\n    "src", /* all */\n    "jobs"\n  ],\n}',
    ],
    ['{ "include": "src" }', '{ "include": "src" }'],
    ['{ "files": ["a.ts"] }', '{ "files": ["a.ts"] }'],
  ])('%j', (before, after) => {
    expect(appendElement(before, ['include'], 'jobs')).toBe(after)
  })
})

const anyJson = fc
  .dictionary(fc.string(), fc.jsonValue())
  .filter((object) => !Object.hasOwn(object, '__proto__'))
const key = fc.string().filter((it) => it !== '__proto__')

it('leaves every other value as it is, however the text is written', () => {
  fc.assert(
    fc.property(
      anyJson,
      fc.constantFrom(0, 2, '\t'),
      key,
      key,
      fc.jsonValue(),
      (object, indent, outer, inner, value) => {
        const text = JSON.stringify(object, null, indent)
        const old: unknown = object[outer]
        const isObject = typeof old === 'object' && old !== null && !Array.isArray(old)
        fc.pre(old === undefined || isObject)
        const changed = setProperty(text, [outer, inner], value as Json)
        const expected = { ...object, [outer]: { ...(isObject && old), [inner]: value } }
        expect(JSON.parse(changed)).toEqual(JSON.parse(JSON.stringify(expected)))
        expect(positionOf(changed, [outer, inner])).toBeTypeOf('number')
      },
    ),
    { numRuns: 1_000 },
  )
})

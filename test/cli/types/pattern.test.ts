import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearConstraint } from '../../../src/cli/scan/types/near-constraints.ts'
import { readPattern } from '../../../src/cli/scan/types/pattern.ts'

describe('what stands behind @pattern', () => {
  it.each<[line: string, pattern: string | null]>([
    ['^a+$', '^a+$'],
    ['/^a+$/', '^a+$'],
    ['/^a+$/u', '^a+$'],
    ['/^a\\/[/]b$/', '^a/[/]b$'],
    ['/a @b/ @minLength 3', 'a @b'],
    ['a @minLength 3', 'a'],
    ['^[^@]+ @example.com$', '^[^@]+ @example.com$'],
    ['/^a$/ - words', '^a$'],
    ['/^a+$/i', null],
    ['/', '/'],
    ['//', '//'],
    ['', null],
    ['(', null],
    ['^[\\w-\\.]+@([\\w-]+\\.)+[\\w-]{2,4}$', '^[\\w\\-\\.]+@([\\w-]+\\.)+[\\w-]{2,4}$'],
    ['^\\-\\_\\@$', '^-_@$'],
    ['^\\a$', null],
  ])('%s', (line, pattern) => {
    expect(readPattern(line)).toBe(pattern)
  })

  it('means the same in both dialects', () => {
    const part = fc.constantFrom(
      ...['[', '[^', ']', '\\w', '\\d', '\\S', '-', '\\-', '\\.', '\\@', '\\_', '{', '}', '{2}'],
      ...['(', ')', '|', '^', '$', 'a', 'b', '_', '@', '.', '*', '+', '?', '\\\\', '\\]', ' '],
    )
    const text = fc.string({
      unit: fc.constantFrom(...'ab_@.-{}[]^$\\ 2()'.split(/(?=.)/)),
      maxLength: 6,
    })
    let translated = 0
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 9 }),
        fc.array(text, { maxLength: 20 }),
        (parts, texts) => {
          const source = parts.join('').trim()
          // There the next tag would begin.
          if (/\s@/.test(source)) return
          const older = regularExpression(source, '')
          const pattern = readPattern(source)
          if (older === null || pattern === null) return
          if (pattern !== source) translated += 1
          const newer = new RegExp(pattern, 'u')
          for (const it of texts) expect(newer.test(it), pattern).toBe(older.test(it))
        },
      ),
      { numRuns: 20_000 },
    )
    expect(translated).toBeGreaterThan(500)
  })
})

function regularExpression(source: string, flags: string): RegExp | null {
  try {
    return new RegExp(source, flags)
  } catch {
    return null
  }
}

describe('tags that are no constraints', () => {
  const constraints =
    'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf integer minLength '
      .concat('maxLength pattern format minItems maxItems uniqueItems minProperties maxProperties')
      .split(' ')

  it('are left alone when they are of JSDoc or TSDoc', () => {
    const tags =
      `abstract access alias alpha async augments author beta borrows callback category class
      classdesc constant constructs copyright decorator default defaultValue deprecated description enum
      event eventProperty example experimental exports extends external file fires function generator
      global group hidden hideconstructor ignore implements import inheritDoc inner instance interface
      internal kind label lends license link listens member memberof mixes mixin module name namespace
      nullable overload override package packageDocumentation param private privateRemarks property
      protected public readonly remarks requires returns satisfies sealed see sensitive since static
      summary tags template this throws title todo tutorial type typedef typeParam variation version
      virtual yields`.split(/\s+/)
    const taken = tags.filter((name) => nearConstraint({ name, text: '' }, constraints))
    expect(taken).toEqual([])
  })
})

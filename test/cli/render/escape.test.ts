import { describe, expect, it } from 'vitest'
import {
  docComment,
  identifier,
  propertyName,
  stringLiteral,
  templateType,
} from '../../../src/cli/render/escape.ts'

const hidden = '\u2028\u2029\u202e\u2066\u200b\ufeff\u0085'

describe('string literals', () => {
  it.each([
    ['plain', '"plain"'],
    [`it's "x"`, `"it's \\"x\\""`],
    ['a\nb\\', '"a\\nb\\\\"'],
    [hidden, '"\\u2028\\u2029\\u202e\\u2066\\u200b\\ufeff\\u0085"'],
    ['größe 数', '"größe 数"'],
  ])('%j', (text, literal) => {
    expect(stringLiteral(text)).toBe(literal)
    expect(JSON.parse(literal)).toBe(text)
  })
})

describe('names', () => {
  it.each([
    ['a', 'a'],
    ['$_1', '$_1'],
    ['class', 'class'],
    ['größe', 'größe'],
    ['1', '"1"'],
    ['a-b', '"a-b"'],
    ['', '""'],
    ['a\u200d', '"a\\u200d"'],
    ['x: 1}; evil(', '"x: 1}; evil("'],
  ])('property %j', (name, text) => {
    expect(propertyName(name)).toBe(text)
  })

  it.each(['', '1a', 'a b', 'a\u200d', 'a;b', 'a\u202e'])('%j is no identifier', (name) => {
    expect(() => identifier(name)).toThrow('is not an identifier')
  })

  it('identifiers are left as they are', () => {
    expect(identifier('Größe_1')).toBe('Größe_1')
  })
})

describe('template types', () => {
  it('keep their holes', () => {
    expect(templateType('`a-${string}\\`\u202e`')).toBe('`a-${string}\\`\\u202e`')
  })

  it.each(['`a`; evil(`', 'a', '`a\\`', '`'])('%j is refused', (text) => {
    expect(() => templateType(text)).toThrow('is not a template')
  })
})

describe('comments', () => {
  it.each([
    ['', ''],
    ['  \n', ''],
    ['One line.', '/** One line. */'],
    ['One.\n\nTwo.  ', '/**\n * One.\n *\n * Two.\n */'],
    ['ends */ here /* */', '/** ends *\\/ here /* *\\/ */'],
    ['a\u2028*/b', '/**\n * a\n * *\\/b\n */'],
    ['turns \u202e round', '/** turns \\u202e round */'],
    ['@ts-expect-error', '/**\n * @ts-expect-error\n */'],
    [' @ts-ignore it', '/**\n *  @ts-ignore it\n */'],
  ])('%j', (text, comment) => {
    expect(docComment(text)).toBe(comment)
    expect(comment.slice(0, -2)).not.toContain('*/')
  })
})

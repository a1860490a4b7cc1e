import fc from 'fast-check'

/** What could end a string, a comment or a template, or turn text round, and what lies around it. */
const hostile = [
  ...['"', "'", '`', '\\', '${', '}', '*/', '/*', '//', '\n', '\r\n', '\t', '\0', '\u001b'],
  ...['\u0085', '\u2028', '\u2029', '\u202e', '\u2066', '\u200b', '\u200c', '\u30fb', '\ufeff'],
  ...['\ud800', '\udfff', '__proto__', 'constructor', '@deprecated', '@minimum 1', '<!--', '#'],
  ...[
    '; evil() ',
    '@ts-expect-error',
    '[key]',
    '?: ',
    '|',
    '&',
    ' ',
    '',
    'größe',
    '数',
    '💥',
    '$',
    '1',
    'a',
    '/',
    '~1',
  ],
]

/** A text that means harm to whoever pastes it into code; often a single piece of it. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...hostile), { maxLength: 4 })
  .map((pieces) => pieces.join(''))

/** Any text that a JavaScript string can hold. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  hostileText,
)

/**
 * Any name of a property, but for single characters that JSON escapes: V8 takes one for another when
 * it parses them (https://github.com/nodejs/node/issues/63785).
 */
export const anyName: fc.Arbitrary<string> = anyText.filter(
  (text) => text.length !== 1 || JSON.stringify(text) === `"${text}"`,
)

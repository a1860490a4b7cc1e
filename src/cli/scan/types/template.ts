import { ts } from 'ts-morph'
import type { TypeModel } from '../../model.ts'

/** Without a sign, which only decimals and bigints take. */
const radixDigits = '0[xX][\\da-fA-F]+|0[oO][0-7]+|0[bB][01]+'

/** What may stand in a hole: its regular expression, which takes whatever the compiler takes. */
const holes = new Map<number, { text: string; pattern: string }>([
  [ts.TypeFlags.String, { text: 'string', pattern: '[\\s\\S]*' }],
  [
    ts.TypeFlags.Number,
    {
      text: 'number',
      pattern: `(?:[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|${radixDigits})`,
    },
  ],
  [ts.TypeFlags.BigInt, { text: 'bigint', pattern: `-?(?:\\d+|${radixDigits})` }],
])

/** `` `order-${number}` ``; undefined when a hole holds something other than a plain primitive. */
export function expandTemplate(type: ts.TemplateLiteralType): TypeModel | undefined {
  let text = ''
  let pattern = ''
  for (const [index, chunk] of type.texts.entries()) {
    text += escapeTemplate(chunk)
    pattern += chunk.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    const hole = type.types[index]
    if (hole === undefined) continue
    const known = holes.get(hole.flags)
    if (known === undefined) return undefined
    text += `\${${known.text}}`
    pattern += known.pattern
  }
  return { kind: 'template', text: `\`${text}\``, pattern: `^${pattern}$` }
}

function escapeTemplate(chunk: string): string {
  const json = JSON.stringify(chunk).slice(1, -1).replaceAll('\\"', '"')
  return json.replace(/`|\$\{/g, '\\$&')
}

/**
 * One case of a table: TypeScript in, everything made of it out.
 *
 *     === name
 *     declarations
 *     payload: type
 *     --- typescript
 *     the named types, then the type itself
 *     --- schema
 *     the type's JSON Schema on one line, then `Name: schema` for each named type
 *     --- diagnostics
 *     CODE severity line:column message
 */
export interface Case {
  name: string
  /** The file: the declarations, then a declaration of `payload`. */
  source: string
  typescript: string
  schema: string
  diagnostics: string
}

export function parseCases(text: string): Case[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((block) => {
      const [head = '', ...sections] = block.split(/^--- /m)
      const section = (title: string): string =>
        sections
          .find((it) => it.startsWith(`${title}\n`))
          ?.slice(title.length + 1)
          .trimEnd() ?? ''
      const [name = '', ...lines] = head.trimEnd().split('\n')
      const source = lines.join('\n').replace(/^payload: /m, 'export declare const payload: ')
      return {
        name,
        source: `${source}\n`,
        typescript: section('typescript'),
        schema: section('schema'),
        diagnostics: section('diagnostics'),
      }
    })
}

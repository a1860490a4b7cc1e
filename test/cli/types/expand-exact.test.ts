import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCases } from './case-file.ts'
import { Sources } from './expand-source.ts'

/** As projects that tell what is undefined from what is left out. */
const sources = new Sources({ exactOptionalPropertyTypes: true })

const folder = new URL('./cases/', import.meta.url)
const cases = readdirSync(folder)
  .sort()
  .flatMap((file) => parseCases(readFileSync(new URL(file, folder), 'utf8')))
  .map((it) => ({ ...it, file: sources.add(it.source) }))

const library = `
declare namespace z {
  interface Type<T> { out: T; optional(): Type<T | undefined> }
  function string(): Type<string>
  function object<S extends Record<string, Type<unknown>>>(shape: S): Type<Outputs<S>>
  type Outputs<S> = Flat<
    { [K in keyof S as undefined extends Out<S[K]> ? never : K]: Out<S[K]> } &
    { [K in keyof S as undefined extends Out<S[K]> ? K : never]?: Out<S[K]> }
  >
  type Out<T> = T extends Type<infer O> ? O : never
  type Flat<T> = { [K in keyof T]: T[K] }
  type infer<T extends Type<unknown>> = T['out']
}
`

const own: [title: string, source: string, text: string][] = [
  [
    'what a library infers',
    `${library} const Order = z.object({ id: z.string(), opt: z.string().optional() })
    export declare const payload: z.infer<typeof Order>`,
    'export type Flat = {\n  id: string\n  opt?: string | undefined\n}\nFlat',
  ],
  [
    'what is written',
    'export declare const payload: { a?: string; b?: string | undefined; c?: undefined; d?: null }',
    '{\n  a?: string\n  b?: string | undefined\n  c?: undefined\n  d?: null\n}',
  ],
  [
    'what is mapped',
    `export declare const payload: Partial<{ a: string | undefined; b: string }> & { [K in 'c']?: number | undefined }`,
    '{\n  a?: string | undefined\n  b?: string\n  c?: number | undefined\n}',
  ],
  [
    'parameters',
    'export declare const payload: Parameters<(a: string, b?: number, c?: Date | null) => void>',
    '[a: string, b?: number | undefined, c?: Date | null]',
  ],
  [
    'elements',
    'export declare const payload: [a?: string, b?: string | undefined]',
    '[a?: string, b?: string | undefined]',
  ],
]
const ownFiles = own.map(([title, source, text]) => ({ title, text, file: sources.add(source) }))

describe('under exactOptionalPropertyTypes', () => {
  it.each(ownFiles)('undefined is allowed where the type allows it: $title', ({ file, text }) => {
    const { text: printed, diagnostics } = sources.expand([file])
    expect(diagnostics).toEqual([])
    expect(printed).toBe(text)
  })

  // An optional parameter may be given `undefined`.
  const others = cases.filter(({ name }) => name !== 'labels that are no plain names')
  it.each(others)('nothing else changes: $name', ({ file, typescript }) => {
    expect(sources.expand([file]).text).toBe(typescript)
  })
})

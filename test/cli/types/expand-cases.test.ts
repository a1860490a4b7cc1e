import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../../src/cli/diagnostics.ts'
import { definitions, jsonSchema } from '../../../src/cli/render/json-schema.ts'
import { namedTypeText, typeText } from '../../../src/cli/render/typescript-text.ts'
import { parseCases } from './case-file.ts'
import { Sources, type Expanded } from './expand-source.ts'

const folder = new URL('./cases/', import.meta.url)
const sources = new Sources()

const tables = readdirSync(folder)
  .sort()
  .map((file) => ({
    title: file.replace('.txt', ''),
    cases: parseCases(readFileSync(new URL(file, folder), 'utf8')).map((it) => ({
      ...it,
      file: sources.add(it.source),
    })),
  }))

const accepted = tables.flatMap(({ cases }) => cases).filter(({ diagnostics }) => !diagnostics)

/** What was expanded, as a file of its own. */
const reprinted = new Map(
  accepted.map(({ name, file }) => {
    const { types, model } = sources.expand([file])
    const declarations = types.map(namedTypeText).join('\n')
    const again = `${declarations}\nexport declare const payload: ${typeText(model)}\n`
    return [file, { name, again }]
  }),
)
const reprintedFiles = new Map(
  [...reprinted].map(([file, { again }]) => [file, sources.add(again, `again-${file}`)]),
)

describe.each(tables)('types: $title', ({ cases }) => {
  it.each(cases)('$name', ({ file, typescript, schema, diagnostics }) => {
    const expanded = sources.expand([file])
    expect(expanded.text).toBe(typescript)
    expect(expanded.diagnostics.map(diagnosticLine).join('\n')).toBe(diagnostics)
    if (diagnostics === '') expect(schemaLines(expanded)).toBe(schema)
  })
})

describe('what was printed', () => {
  it('covers the table', () => {
    expect(accepted.length).toBeGreaterThanOrEqual(90)
  })

  it.each(accepted)('means the same again: $name', ({ file }) => {
    const again = sources.expand([reprintedFiles.get(file) ?? ''])
    const { model, types } = sources.expand([file])
    expect({ model: again.model, types: again.types }).toEqual({ model, types })
  })

  it.each(accepted)('compiles by itself: $name', ({ file }) => {
    expect(sources.errorsIn(reprintedFiles.get(file) ?? '')).toEqual([])
  })
})

function diagnosticLine({ code, severity, message, location }: Diagnostic): string {
  return `${code} ${severity} ${location?.line}:${location?.column} ${message}`
}

/** One can see what is in it. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function schemaLines({ model, types }: Expanded): string {
  const named = Object.entries(definitions(types))
  return [
    asciiJson(jsonSchema(model)),
    ...named.map(([name, schema]) => `${name}: ${asciiJson(schema)}`),
  ].join('\n')
}

import type { Location } from './model.ts'

/** What a text says as JSON, or why it says nothing and where. */
export type ParsedJson = { value: unknown } | { reason: string; location: Location }

/** @param file the path that locations name. */
export function parseJson(file: string, text: string): ParsedJson {
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    // V8 says "… in JSON at position 12 (line 2 column 3)", or nothing when the text ends too early.
    const position = /at position (\d+)/.exec(reason)?.[1]
    return {
      reason: reason.replace(/ in JSON at position.*$/s, ''),
      location: locationIn(file, text, position === undefined ? text.length : Number(position)),
    }
  }
}

export const isText = (value: unknown): value is string => typeof value === 'string'

export const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(isText)

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @param position in UTF-16 units from the start of the text */
export function locationIn(file: string, text: string, position: number): Location {
  const lines = text.slice(0, position).split('\n')
  return { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

import type { Location } from './model.ts'

export type Severity = 'error' | 'warning'

/** Something to tell the user about their project; `report.ts` prints it with a code frame. */
export interface Diagnostic {
  code: string
  severity: Severity
  message: string
  hint: string
  /** Absent when it is about no place in the sources. */
  location?: Location
}

export const error = (
  code: string,
  message: string,
  hint: string,
  location?: Location,
): Diagnostic => ({
  code,
  severity: 'error',
  message,
  hint,
  ...(location && { location }),
})

export const warning = (
  code: string,
  message: string,
  hint: string,
  location?: Location,
): Diagnostic => ({
  code,
  severity: 'warning',
  message,
  hint,
  ...(location && { location }),
})

export const isError = (diagnostic: Diagnostic): boolean => diagnostic.severity === 'error'

/** `file:line:column`, as editors and terminals link it. */
export const placeOf = ({ file, line, column }: Location): string => `${file}:${line}:${column}`

/** In the order of the sources, so that it does not depend on who found what first. */
export function inOrder<Item extends { location?: Location }>(items: readonly Item[]): Item[] {
  return [...items].sort((a, b) => {
    if (!a.location || !b.location) return Number(!!a.location) - Number(!!b.location)
    const { file, line, column } = a.location
    if (file !== b.location.file) return file < b.location.file ? -1 : 1
    return line - b.location.line || column - b.location.column
  })
}

/** `"a", "b"` */
export const quotedList = (names: readonly string[]): string =>
  names.map((name) => `"${name}"`).join(', ')

export const didYouMean = (guess: string | null, else_: string): string =>
  guess === null ? else_ : `Did you mean "${guess}"?`

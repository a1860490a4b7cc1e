/** Names that mean the same in every project, with whatever libraries: the narrow program has them too. */
const knownGlobals: readonly string[] = [
  // Types that travel
  ...['Array', 'ReadonlyArray', 'Date', 'Map', 'ReadonlyMap', 'Set', 'ReadonlySet', 'URL'],
  'Uint8Array',
  // Types made of types
  ...['Awaited', 'Exclude', 'Extract', 'NonNullable', 'Omit', 'Partial', 'Pick', 'Promise'],
  ...['Readonly', 'Record', 'Required', 'Capitalize', 'Lowercase', 'Uncapitalize', 'Uppercase'],
  // `as const` is written like a type
  'const',
  // Values; of `Object` nothing but `freeze` is called
  ...['undefined', 'NaN', 'Infinity', 'Object'],
]

/** @param ambient names that the project gives another meaning */
export function globalsBut(ambient: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(knownGlobals.filter((name) => !ambient.has(name)))
}

/** `URL` is the platform's: browsers and Node declare it, JavaScript does not. */
export const platformText = `
interface URL {
  readonly href: string
  toString(): string
  toJSON(): string
}
`

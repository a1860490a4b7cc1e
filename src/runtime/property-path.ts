/** Where in a value: property names and array indexes from the root. */
export type Path = readonly (string | number)[]

/** `['items', 2, 'unit price']` → `items[2]["unit price"]`. */
export function formatPath(path: Path): string {
  return fromRoot(path.map(pathStep).join(''))
}

/** One key of a path: `.price`, `[2]`, `["unit price"]`. */
export function pathStep(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`
  return isName(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

/** `.items[2]` → `items[2]`: nothing stands before the first dot. */
export const fromRoot = (steps: string): string => steps.replace(/^\./, '')

/** Needs no quotes, and shows all there is: joiners can stand in names, and nobody sees them. */
const isName = (key: string): boolean =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) && !/[\u200c\u200d\u30fb\uff65]/.test(key)

/** What the value has there. */
export function partAt(path: Path, value: unknown): unknown {
  return path.reduce(stepInto, value)
}

const stepInto = (here: unknown, key: string | number): unknown =>
  typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined

/** The path of a JSON pointer into the value: only there does it show what is an index. */
export function pathOfPointer(pointer: string, value: unknown): Path {
  const path: (string | number)[] = []
  let here = value
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(here) ? Number(key) : key)
    here = stepInto(here, key)
  }
  return path
}

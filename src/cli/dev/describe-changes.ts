import { relative, sep } from 'node:path'

/** What has changed, in few words. @param paths absolute; a file may be among them more than once. */
export function describeChanges(root: string, paths: readonly string[]): string {
  const [first, ...others] = new Set(paths)
  if (first === undefined) return 'the project has changed'
  const name = relative(root, first).split(sep).join('/')
  return others.length === 0 ? `${name} changed` : `${name} and ${others.length} more changed`
}

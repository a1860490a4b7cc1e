import { existsSync } from 'node:fs'
import { sourceNotReadable, type Diagnostic } from '../diagnostics.ts'
import { modelPath } from './locate.ts'

/** What tsconfig.json lists, and nobody can read: it would be passed over in silence. */
export function unreadableSources(
  root: string,
  { files, doubled }: { files: readonly string[]; doubled: readonly string[] },
  read: (path: string) => string | undefined,
): Diagnostic[] {
  const absent = files.filter((path) => read(path) === undefined)
  const hidden = doubled.filter((path) => !absent.includes(path) && withBackslash(path) !== null)
  return [...absent, ...hidden].map((path) => {
    const meant = withBackslash(path)
    return sourceNotReadable(modelPath(root, path), meant && modelPath(root, meant))
  })
}

/** Where a file has a backslash in its name, the compiler takes it for a folder. */
function withBackslash(path: string): string | null {
  for (const { index } of path.matchAll(/\//g)) {
    const meant = `${path.slice(0, index)}\\${path.slice(index + 1)}`
    if (index > 0 && existsSync(meant)) return meant
  }
  return null
}

import { realpathSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** Where a path leads when all links are followed, relative to the root as the path is; '' where nothing is. */
export function linkTarget(root: string, path: string): string {
  try {
    return relative(root, realpathSync(join(root, path)))
      .split(sep)
      .join('/')
  } catch {
    return ''
  }
}

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { configFile } from '../project-files.ts'

/**
 * The project's root: the nearest folder at or above `from` with a pikku.config.json, else the
 * nearest with a tsconfig.json or package.json. Null when there is none.
 */
export function findRoot(from: string): string | null {
  return nearestWith(from, [configFile]) ?? nearestWith(from, ['tsconfig.json', 'package.json'])
}

function nearestWith(from: string, names: string[]): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    if (names.some((name) => existsSync(join(folder, name)))) return folder
    if (dirname(folder) === folder) return null
  }
}

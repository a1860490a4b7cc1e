import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Replaces a file of the cache as a whole, or not at all: it only saves time. */
export function saveCacheFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(join(dirname(path), '.gitignore'), '*\n')
    writeFileSync(temporary, text)
    renameSync(temporary, path)
  } catch {
    removeIfThere(temporary)
  }
}

/** Where a folder of the way is a file, not even that can be tried. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // It was never there.
  }
}

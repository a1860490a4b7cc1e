import { isWalked } from '../project-files.ts'
import type { Reached } from '../reached.ts'
import { absolutePath } from './locate.ts'
import { packageFolder } from './package-links.ts'
import { isInstalled } from './source-kinds.ts'
import type { TsconfigLooks } from './tsconfig.ts'

/** What a scan looked at. */
interface Looks extends TsconfigLooks {
  /** As `placesOfPackages` has them. */
  packages?: ReadonlyMap<string, string>
  isGenerated?: (path: string) => boolean
}

/**
 * What of it a walk through the project's folders does not come by. What is installed is looked for anew when
 * something has been installed; only where a link leads, and whether a package is there, may change without.
 */
export function reachedApart(
  root: string,
  { asked, elsewhere, packages = new Map(), isGenerated = () => false }: Looks,
): Reached {
  const found = new Set<string>()
  const missing = new Set<string>()
  for (const [path, target] of packages) (target === '' ? missing : found).add(path)
  for (const [path, isThere] of asked) {
    if (isWalked(root, path) || isGenerated(path)) continue
    if (!isInstalled(path)) (isThere ? found : missing).add(path)
    else if (isThere) found.add(packageFolder(path) ?? path)
  }
  const folders = elsewhere.map((path) => absolutePath(root, path))
  return { found: [...found], missing: [...missing], folders }
}

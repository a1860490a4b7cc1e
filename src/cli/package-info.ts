import { readFileSync } from 'node:fs'
import { packageRoot } from './package-root.ts'
import { isRecord } from './parse-json.ts'

const packageJson: unknown = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8'))
const manifest = isRecord(packageJson) ? packageJson : {}

/** The installed version of this package. */
export const packageVersion = typeof manifest.version === 'string' ? manifest.version : 'unknown'

/** The versions of Node that it runs on. */
export const requiredNode =
  isRecord(manifest.engines) && typeof manifest.engines.node === 'string'
    ? manifest.engines.node
    : ''

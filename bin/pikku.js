#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`pikku needs Node 22.12 or newer, and this is ${process.versions.node}.`)
  process.exitCode = 2
} else if (process.features.require_module === false) {
  console.error(
    'pikku does not run with --no-experimental-require-module: take it out of NODE_OPTIONS.',
  )
  process.exitCode = 2
} else {
  // Asked for, not imported: an older Node lacks something of it, and would not come to say so.
  const { createRequire, enableCompileCache } = process.getBuiltinModule('node:module')
  enableCompileCache()
  const require = createRequire(import.meta.url)
  const { requireCompiled } = require('../dist/cli/require-compiled.cjs')
  await requireCompiled(require.resolve('../dist/cli/main.cjs')).ended
}

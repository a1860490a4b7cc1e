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
  // Not imported above: an older Node has no such function, and would not come to say so.
  const { enableCompileCache } = await import('node:module')
  enableCompileCache()
  const { requireCompiled } = await import('../dist/cli/require-compiled.js')
  const { fileURLToPath } = await import('node:url')
  const main = requireCompiled(fileURLToPath(new URL('../dist/cli/main.cjs', import.meta.url)))
  await main.ended
}

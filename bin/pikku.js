#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`pikku needs Node 22.12 or newer, and this is ${process.versions.node}.`)
  process.exitCode = 2
} else {
  // The compiler is nine megabytes of JavaScript: compiled once, it loads in half the time.
  enableCompileCache()
  await import('../dist/cli/main.js')
}

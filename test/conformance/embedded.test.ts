import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { capabilities } from '../../src/runtime/capabilities.ts'
import { joinEngine } from '../../src/runtime/providers/embedded/engine.ts'
import { createProvider } from '../../src/runtime/providers/embedded/index.ts'
import { describeConformance } from '../../src/runtime/testing/conformance/index.ts'
import { inTransaction } from '../support/postgres.ts'
import { silentLogger } from '../support/silent-logger.ts'

let leave: () => Promise<void>
let folder: string
let dataDir: string
let url: string

// One member that stays, so that the server is not started anew for each case.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pikku-conformance-'))
  await chmod(folder, 0o755)
  dataDir = join(folder, 'data')
  const engine = await joinEngine({ dataDir, logger: silentLogger })
  leave = () => engine.leave()
  url = engine.connectionString
})
afterAll(async () => {
  await leave()
  await rm(folder, { recursive: true, force: true })
})

describeConformance(
  { describe: describe.concurrent, it },
  {
    name: 'embedded',
    createProvider,
    entryPoint: import.meta.resolve('../../src/runtime/providers/embedded/index.ts'),
    capabilities: capabilities.embedded,
    connection: () => ({ dataDir }),
    transaction: (_, body) => inTransaction(url, body),
    leaseSeconds: 10,
    refusedByBackend: { jobId: 'no \u0000' },
  },
)

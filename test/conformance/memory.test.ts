import { describe, it } from 'vitest'
import { systemClock } from '../../src/runtime/clock.ts'
import { describeConformance } from '../../src/runtime/testing/conformance/index.ts'
import { memoryCapabilities } from '../../src/runtime/testing/memory/capabilities.ts'
import { MemoryProvider } from '../../src/runtime/testing/memory/memory-provider.ts'
import { MemoryServer } from '../../src/runtime/testing/memory/memory-server.ts'

describeConformance<MemoryServer>(
  { describe: describe.concurrent, it },
  {
    name: 'the test kit’s provider',
    createProvider: ({ connection, role }) => {
      if (!connection) throw new Error('it is given a server')
      return new MemoryProvider(connection, role)
    },
    entryPoint: 'none: there are no other processes',
    processes: false,
    capabilities: memoryCapabilities,
    connection: () => new MemoryServer(systemClock, 'live'),
    leaseSeconds: 1,
    refusedByBackend: null,
  },
)

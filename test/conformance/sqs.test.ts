import { describe, it } from 'vitest'
import { capabilities } from '../../src/runtime/capabilities.ts'
import { createProvider } from '../../src/runtime/providers/sqs/index.ts'
import { describeConformance } from '../../src/runtime/testing/conformance/index.ts'
import { sqsConnection } from '../support/sqs.ts'

describeConformance(
  { describe: describe.concurrent, it },
  {
    name: 'sqs',
    createProvider,
    entryPoint: import.meta.resolve('../../src/runtime/providers/sqs/index.ts'),
    capabilities: capabilities.sqs,
    connection: () => ({ ...sqsConnection(), createQueues: true }),
    leaseSeconds: 6,
    refusedByBackend: null,
    // Four waits, each rounded up to whole seconds, are up to two seconds longer in all.
    tolerances: { startMs: 4_500 },
    // SQS hands messages to polls whose caller is dead: this is how long that lasts.
    config: { drainDelay: 1 },
  },
)

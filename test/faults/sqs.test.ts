import { capabilities } from '../../src/runtime/capabilities.ts'
import { startSqsServer } from '../support/sqs-server.ts'
import { describeFaults } from './suite.ts'

describeFaults({
  name: 'sqs',
  entryPoint: import.meta.resolve('../../src/runtime/providers/sqs/index.ts'),
  capabilities: capabilities.sqs,
  leaseSeconds: 6,
  // SQS hands messages to polls whose caller is dead: this is how long that lasts.
  config: { drainDelay: 1 },
  exempt: { 'the server is killed': 'the emulator keeps its queues in memory' },
  async startServer() {
    const server = await startSqsServer()
    const onPort = (port: number) => ({
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      createQueues: true,
    })
    return {
      connection: onPort(server.port),
      behind: { port: server.port, connection: onPort },
      destroy: () => server.destroy(),
    }
  },
})

import { capabilities } from '../../src/runtime/capabilities.ts'
import { startRedisServer } from '../support/redis-server.ts'
import { describeFaults } from './suite.ts'

describeFaults({
  name: 'bullmq',
  entryPoint: import.meta.resolve('../../src/runtime/providers/bullmq/index.ts'),
  capabilities: capabilities.bullmq,
  leaseSeconds: 3,
  async startServer() {
    const server = await startRedisServer({
      appendOnly: true,
      settings: { appendfsync: 'always' },
    })
    const onPort = (port: number) => ({ url: `redis://127.0.0.1:${port}` })
    return {
      connection: onPort(server.port),
      behind: { port: server.port, connection: onPort },
      kill: () => server.kill(),
      restart: () => server.start(),
      destroy: () => server.destroy(),
    }
  },
})

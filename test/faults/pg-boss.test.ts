import { capabilities } from '../../src/runtime/capabilities.ts'
import { startThrowawayServer } from '../support/throwaway-server.ts'
import { describeFaults } from './suite.ts'

describeFaults({
  name: 'pg-boss',
  entryPoint: import.meta.resolve('../../src/runtime/providers/pg-boss/index.ts'),
  capabilities: capabilities['pg-boss'],
  leaseSeconds: 10,
  async startServer() {
    const server = await startThrowawayServer({ fsync: true })
    const onPort = (port: number) => Object.assign(new URL(server.url), { port: String(port) }).href
    return {
      connection: server.url,
      behind: { port: server.port, connection: onPort },
      kill: () => server.kill(),
      restart: () => server.start(),
      destroy: () => server.destroy(),
    }
  },
})

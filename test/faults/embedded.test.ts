import { join } from 'node:path'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { capabilities } from '../../src/runtime/capabilities.ts'
import { joinEngine } from '../../src/runtime/providers/embedded/engine.ts'
import { killServer, serverPid } from '../support/engine-folder.ts'
import { silentLogger } from '../support/silent-logger.ts'
import { describeFaults } from './suite.ts'

const findsItsServer = 'its processes find the server by themselves, on this machine'

describeFaults({
  name: 'embedded',
  entryPoint: import.meta.resolve('../../src/runtime/providers/embedded/index.ts'),
  capabilities: capabilities.embedded,
  leaseSeconds: 10,
  exempt: { 'connections are cut': findsItsServer, 'connections hang': findsItsServer },
  async startServer() {
    const folder = await mkdtemp(join(tmpdir(), 'pikku-faults-'))
    await chmod(folder, 0o755)
    const dataDir = join(folder, 'data')
    // One member that stays, so that the server is not started anew for each scenario.
    const engine = await joinEngine({ dataDir, logger: silentLogger })
    return {
      connection: { dataDir },
      kill: () => killServer(dataDir),
      // Its members do that.
      async restart() {
        while ((await serverPid(dataDir)) === undefined) await new Promise(setImmediate)
      },
      async destroy() {
        await engine.leave()
        await rm(folder, { recursive: true, force: true })
      },
    }
  },
})

import { expect, it } from 'vitest'
import { findBinaries } from '../../../src/runtime/providers/embedded/binaries.ts'
import { EngineShare } from '../../../src/runtime/providers/embedded/engine-share.ts'
import { makeSite } from '../../../src/runtime/providers/embedded/site.ts'
import { silentLogger } from '../../support/silent-logger.ts'

it('is left without an error, even when its connection cannot be closed', async () => {
  const site = makeSite('nowhere', undefined, await findBinaries(process.cwd(), undefined))
  const member = {
    foundDeserted: false,
    lost: new Promise<void>(() => {}),
    resign: () => Promise.reject(new Error('the connection is gone')),
    disconnect: () => Promise.reject(new Error('so it cannot be closed')),
  }
  const joined = { member, port: 1, connectionString: 'postgres://nowhere', startedHere: false }
  await expect(new EngineShare(site, joined, silentLogger).leave()).resolves.toBeUndefined()
})

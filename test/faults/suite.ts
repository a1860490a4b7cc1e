import { afterAll, beforeAll, describe, it } from 'vitest'
import type { FaultBackend, FaultServer } from './backend.ts'
import { factor } from './chaos.ts'
import { scenarios } from './scenarios/index.ts'
import { Trial } from './trial.ts'

/** Ample: what a trial waits for has limits of its own. */
const trialTimeoutMs = 180_000 * factor

/**
 * Puts a provider and its server through every fault, against real processes, and holds it to the
 * rules of rules.ts. `npm run chaos` does the same for longer.
 */
export function describeFaults(backend: FaultBackend): void {
  describe(`${backend.name} keeps its promises when`, () => {
    let server: FaultServer
    beforeAll(async () => {
      server = await backend.startServer()
    })
    afterAll(() => server.destroy())

    for (const [name, play] of scenarios) {
      if (backend.exempt?.[name] !== undefined) continue
      it(name, () => Trial.run(backend, server, play), trialTimeoutMs)
    }
  })
}

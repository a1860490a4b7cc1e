import type { Backend, BackendFacts, RestartableServer, TestRunner } from './backend.ts'
import type { Case, Group } from './case.ts'
import { fifo } from './cases/fifo.ts'
import { groups } from './cases/index.ts'
import { restarts } from './cases/restarts.ts'
import { gaps, ignoredOptions } from './gaps.ts'
import { Stage } from './stage.ts'

/** Ample: a case ends by itself when its own patience does. */
const caseTimeoutMs = 120_000

/**
 * Declares a test for each behaviour that users may rely on, to be run against a real server. A case
 * that needs what the provider lacks is replaced by one of what happens instead.
 */
export function describeConformance<Connection>(
  { describe, it }: TestRunner,
  backend: Backend<Connection>,
): void {
  describe(`${backend.name} conforms`, () => {
    for (const { name, cases } of conformanceCases(backend)) {
      describe(name, () => {
        for (const test of cases) it(test.name, () => run(test, backend), caseTimeoutMs)
      })
    }
  })
}

/** What the suite holds for the provider. */
export function conformanceCases(backend: BackendFacts & { startServer?: unknown }): Group[] {
  const { capabilities, processes = true, startServer } = backend
  const has = { ...capabilities, processes }
  const lacking = (test: Case) => (test.needs ?? []).filter((need) => !has[need])
  const isIgnored = ({ option }: Case) => option && !capabilities.options[option].supported
  const all = startServer ? [...groups, restarts] : groups
  const possible = all.map(({ name, cases }) => ({
    name,
    cases: cases.filter((test) => lacking(test).length === 0 && !isIgnored(test)),
  }))
  const lacks = new Set(groups.flatMap(({ cases }) => cases.flatMap(lacking)))
  const ignores = groups.some(({ cases }) => cases.some(isIgnored))
  const instead = [...[...lacks].map((need) => gaps[need]), ...(ignores ? [ignoredOptions] : [])]
  return [
    ...possible,
    ...(capabilities.fifo ? [fifo] : []),
    { name: 'what it cannot do', cases: instead },
  ].filter(({ cases }) => cases.length > 0)
}

async function run<Connection>(test: Case, backend: Backend<Connection>): Promise<void> {
  if (!restarts.cases.includes(test)) return play(test, backend, await backend.connection())
  const server = await backend.startServer?.()
  if (!server) throw new Error('there is no server to restart')
  try {
    await play(test, backend, server.connection, server)
  } finally {
    await server.destroy()
  }
}

async function play<Connection>(
  test: Case,
  backend: Backend<Connection>,
  connection: Connection,
  server?: RestartableServer<Connection>,
): Promise<void> {
  const { transaction } = backend
  const stage = new Stage({
    facts: backend,
    connection,
    createProvider: (role, logger) => backend.createProvider({ connection, role, logger }),
    transaction: transaction && ((body) => transaction(connection, body)),
    ...(server && { server }),
  })
  try {
    await test.run(stage)
  } catch (error) {
    await stage.close().catch(() => undefined)
    throw stage.explain(error)
  }
  await stage.close()
}

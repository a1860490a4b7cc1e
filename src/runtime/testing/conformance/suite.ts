import type { Backend, BackendFacts, TestRunner } from './backend.ts'
import type { Case, Group } from './case.ts'
import { fifo } from './cases/fifo.ts'
import { groups } from './cases/index.ts'
import { gaps } from './gaps.ts'
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
        for (const test of cases) it(test.name, () => play(test, backend), caseTimeoutMs)
      })
    }
  })
}

/** What the suite holds for the provider. */
export function conformanceCases({ capabilities, processes = true }: BackendFacts): Group[] {
  const has = { ...capabilities, processes }
  const lacking = (test: Case) => (test.needs ?? []).filter((need) => !has[need])
  const possible = groups.map(({ name, cases }) => ({
    name,
    cases: cases.filter((test) => lacking(test).length === 0),
  }))
  const lacks = new Set(groups.flatMap(({ cases }) => cases.flatMap(lacking)))
  return [
    ...possible,
    ...(capabilities.fifo ? [fifo] : []),
    { name: 'what it cannot do', cases: [...lacks].map((need) => gaps[need]) },
  ].filter(({ cases }) => cases.length > 0)
}

async function play<Connection>(test: Case, backend: Backend<Connection>): Promise<void> {
  const { transaction } = backend
  const connection = await backend.connection()
  const stage = new Stage({
    facts: backend,
    connection,
    createProvider: (role, logger) => backend.createProvider({ connection, role, logger }),
    transaction: transaction && ((body) => transaction(connection, body)),
  })
  try {
    await test.run(stage)
  } catch (error) {
    await stage.close().catch(() => undefined)
    throw stage.explain(error)
  }
  await stage.close()
}

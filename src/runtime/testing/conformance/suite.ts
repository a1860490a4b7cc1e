import type { Backend, BackendFacts, TestRunner } from './backend.ts'
import type { Case, Group } from './case.ts'
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
export function conformanceCases({ capabilities }: BackendFacts): Group[] {
  const lacking = (test: Case) => (test.needs ?? []).filter((need) => !capabilities[need])
  const has = groups.map(({ name, cases }) => ({
    name,
    cases: cases.filter((test) => lacking(test).length === 0),
  }))
  const lacks = new Set(groups.flatMap(({ cases }) => cases.flatMap(lacking)))
  return [
    ...has,
    { name: 'what it cannot do', cases: [...lacks].map((capability) => gaps[capability]) },
  ].filter(({ cases }) => cases.length > 0)
}

async function play<Connection>(test: Case, backend: Backend<Connection>): Promise<void> {
  const connection = await backend.connection()
  const stage = new Stage({
    facts: backend,
    connection,
    createProvider: (role, logger) => backend.createProvider({ connection, role, logger }),
  })
  try {
    await test.run(stage)
  } catch (error) {
    await stage.close().catch(() => undefined)
    throw stage.explain(error)
  }
  await stage.close()
}

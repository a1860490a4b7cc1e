import { afterAll, describe, expect, it } from 'vitest'
import { capabilities } from '../../src/runtime/capabilities.ts'
import {
  conformanceCases,
  describeConformance,
} from '../../src/runtime/testing/conformance/index.ts'
import { databaseUrl, dropSchema, newSchemaName } from '../support/postgres.ts'
import { createProvider, limitedCapabilities } from './limited-provider.ts'

const schema = newSchemaName()
afterAll(() => dropSchema(schema))

const backend = {
  name: 'a provider that can do less',
  createProvider,
  entryPoint: import.meta.resolve('./limited-provider.ts'),
  capabilities: limitedCapabilities,
  connection: () => ({ connectionString: databaseUrl(), schema }),
  leaseSeconds: 10,
  refusedByBackend: null,
}

describeConformance({ describe: describe.concurrent, it }, backend)

describe('the suite', () => {
  const gapsOf = (can: typeof limitedCapabilities) =>
    conformanceCases({ ...backend, capabilities: can }).find(
      ({ name }) => name === 'what it cannot do',
    )?.cases.length

  it('has a case for everything that is lacking, and none where nothing is', () => {
    expect(gapsOf(limitedCapabilities)).toBe(11)
    expect(gapsOf({ ...capabilities['pg-boss'], retry: false })).toBe(3)
    expect(gapsOf(capabilities['pg-boss'])).toBe(2)
  })

  it('has no two cases of one name', () => {
    const names = conformanceCases(backend).flatMap(({ name, cases }) =>
      cases.map((test) => `${name} ${test.name}`),
    )
    expect(new Set(names).size).toBe(names.length)
  })
})

import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readConfigIn } from '../../src/cli/config/read-config.ts'
import { providerNames } from '../../src/runtime/capabilities.ts'
import { settingsOf } from '../../src/runtime/connection-settings.ts'
import { projectOf } from '../support/project.ts'
import { repository } from '../support/user-project.ts'

const schema = JSON.parse(readFileSync(join(repository, 'config.schema.json'), 'utf8')) as {
  properties: Record<string, Property>
}

interface Property {
  type?: string
  default?: string
  properties?: Record<string, Property>
}

const accepts = new Ajv2020().compile(schema)

/** Mostly good values, or hardly a whole would be good. */
const mostly = <T, U>(good: fc.Arbitrary<T>, bad: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: bad })

const name = mostly(fc.constantFrom(...providerNames), fc.constantFrom('redis', '', 5, null))
const path = mostly(fc.constantFrom('a', 'src/pikku', '.'), fc.constantFrom('', 7, null, ['a']))
const redactedPath = mostly(
  fc.constantFrom('user.email', '*.token', '**.card', 'a b'),
  fc.constantFrom('', 'a..b', '.a', '**', 'a.**', 'a.\n.**', 4),
)
const redact = mostly(fc.array(redactedPath, { maxLength: 3 }), fc.constantFrom('user.email', null))
const text = mostly(fc.constantFrom('{shop}', 'jobs'), fc.constantFrom('', 5, null, true))
const connection = fc.record(
  {
    bullmq: fc.record(
      { prefix: text, cluster: mostly(fc.boolean(), fc.constantFrom('true', 1, null)) },
      { requiredKeys: [] },
    ),
    'pg-boss': mostly(
      fc.record({ schema: text }, { requiredKeys: [] }),
      fc.constantFrom({ url: 'postgres://localhost' }, { prefix: 'a' }, null, 'jobs'),
    ),
    sqs: fc.record({ region: text, endpoint: text, queueUrlPrefix: text }, { requiredKeys: [] }),
    embedded: fc.record({ dataDir: text }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)
const config = mostly(
  fc.record(
    {
      $schema: fc.constantFrom('./node_modules/pikku-queue/config.schema.json', ''),
      tsconfig: path,
      outDir: path,
      provider: name,
      providers: mostly(fc.array(name, { maxLength: 2 }), name),
      connection: mostly(connection, fc.constantFrom(null, [], { redis: {} })),
      dashboard: mostly(
        fc.record({ redact }, { requiredKeys: [] }),
        fc.constantFrom(null, { a: 1 }),
      ),
    },
    { requiredKeys: [] },
  ),
  fc.constantFrom([], null, 'embedded', 5, { outdir: 'a' }, { out: 1 }),
)

it('the schema for editors accepts what is accepted, and nothing else', async () => {
  const root = await projectOf({})
  const verdicts = { true: 0, false: 0 }
  await fc.assert(
    fc.asyncProperty(config, async (value) => {
      await writeFile(join(root, 'pikku.config.json'), JSON.stringify(value))
      const { diagnostics } = readConfigIn(root)
      const isAccepted = accepts(value)
      verdicts[`${isAccepted}`]++
      expect(isAccepted, JSON.stringify([value, diagnostics, accepts.errors])).toBe(
        diagnostics.length === 0,
      )
    }),
    { numRuns: 2_000 },
  )
  expect(Math.min(verdicts.true, verdicts.false)).toBeGreaterThan(100)
})

it('the schema has the defaults and the providers that hold', async () => {
  const { config: usual } = readConfigIn(await projectOf({}))
  const { tsconfig, outDir } = schema.properties
  expect(usual).toMatchObject({ tsconfig: tsconfig?.default, outDir: outDir?.default })
  expect(schema).toMatchObject({ $defs: { provider: { enum: providerNames } } })
  const own = schema.properties['connection']?.properties ?? {}
  const kinds = Object.entries(own).map(([name, { properties = {} }]) => [
    name,
    Object.fromEntries(Object.entries(properties).map(([key, { type }]) => [key, type])),
  ])
  expect(Object.fromEntries(kinds)).toEqual(settingsOf)
})

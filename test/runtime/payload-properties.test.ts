import { inspect as show, isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { definitions, jsonSchema } from '../../src/cli/render/json-schema.ts'
import { createPayloads } from '../../src/runtime/payload.ts'
import { generated } from '../support/arbitrary-model.ts'
import { valuesOf } from '../support/arbitrary-value.ts'

const models = 125
const valuesOfEach = 80

const inspect = (value: unknown): string => show(value, { depth: Infinity })

const modelAndValues = generated.chain((model) =>
  fc.tuple(
    fc.constant(model),
    fc.array(valuesOf(model), { minLength: valuesOfEach, maxLength: valuesOfEach }),
  ),
)

it('any value of any type comes back as it was', { timeout: 60_000 }, () => {
  let same = 0
  fc.assert(
    fc.property(modelAndValues, ([{ type, types }, values]) => {
      const schema = jsonSchema(type)
      const contract = { input: schema, output: schema, defaults: {} }
      const payloads = createPayloads({ queues: { q: contract }, $defs: definitions(types) })
      for (const value of values) {
        const json = JSON.stringify(payloads.encode('q', 'input', value))
        const received = payloads.decode('q', 'input', JSON.parse(json))
        // Not `toStrictEqual`, which takes a property named `constructor` for the constructor.
        if (!isDeepStrictEqual(received, value)) expect(inspect(received)).toBe(inspect(value))
        same += 1
      }
    }),
    { numRuns: models, interruptAfterTimeLimit: 50_000, markInterruptAsFailure: true },
  )
  expect(same).toBe(models * valuesOfEach)
})

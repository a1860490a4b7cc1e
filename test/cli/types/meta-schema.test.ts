import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { definitions, jsonSchema } from '../../../src/cli/render/json-schema.ts'
import type { Contracts } from '../../../src/runtime/contract.ts'
import { generated } from '../../support/arbitrary-model.ts'
import { openCorpus } from '../../support/payload-corpus.ts'

/** As others validate: with nothing of ours but the names of our keywords. */
const others = () =>
  new Ajv2020({
    strict: true,
    strictTypes: false,
    strictTuples: false,
    allowUnionTypes: true,
    validateFormats: false,
    keywords: ['generatedBy', 'queues', 'x-type', 'x-sensitive'],
  })

const problems = (ajv: Ajv2020, schema: object): string | null =>
  ajv.validateSchema(schema) === true ? null : ajv.errorsText(ajv.errors)

describe('the JSON Schema 2020-12 of our schemas', () => {
  it('takes those of every type of the corpus, and the file that holds them', async () => {
    await using corpus = await openCorpus()
    const ajv = others()
    const { queues, $defs } = corpus.contracts
    const schemas = Object.entries(queues).flatMap(([name, { input, output }]) => [
      { name, schema: input },
      { name, schema: output },
    ])
    const named = Object.entries($defs).map(([name, schema]) => ({ name, schema }))
    const wrong = [...schemas, ...named].filter(({ schema }) => problems(ajv, schema) !== null)
    expect(wrong.map(({ name, schema }) => [name, problems(ajv, schema)])).toEqual([])

    const text = await readFile(join(corpus.root, '.pikku/pikku-contracts.gen.json'), 'utf8')
    const file: Contracts = JSON.parse(text)
    ajv.addSchema(file, 'contracts.json')
    for (const name of Object.keys(queues)) {
      const validate = ajv.getSchema(`contracts.json#/queues/${encodeURIComponent(name)}/input`)
      expect(validate, name).toBeTypeOf('function')
    }
    const validate = ajv.getSchema('contracts.json#/queues/Lists/input')
    expect(validate?.({ people: [], pairs: [['a', 1]], none: [] })).toBe(true)
    expect(validate?.({ people: [], pairs: [['a']], none: [] })).toBe(false)
  }, 120_000)

  it('takes those of any type', () => {
    const ajv = others()
    fc.assert(
      fc.property(generated, ({ type, types }) => {
        const schema = { ...jsonSchema(type), $defs: definitions(types) }
        expect(problems(ajv, schema), JSON.stringify(schema)).toBeNull()
      }),
      { numRuns: 1000 },
    )
  })
})

import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import type { JsonSchema } from '../../../src/runtime/contract.ts'
import { Validators } from '../../../src/runtime/validators.ts'
import { jsonOf } from '../../support/arbitrary-json.ts'
import { compilerVerdicts } from '../../support/compiler-verdicts.ts'
import { mutated, mutations, vocabularyOf } from '../../support/mutate-json.ts'
import { type PayloadCorpus, theirSchemas } from '../../support/payload-corpus.ts'
import { rareValues } from './differences.ts'

/** Who takes a JSON value for one of a type. */
export interface Observation {
  value: unknown
  ours: boolean
  /** ts-json-schema-generator's schema; null when it has none of the type. */
  generator: boolean | null
  /** TypeScript itself; null when it was not asked. */
  compiler: boolean | null
}

/** Values drawn for each type; as many again are changed ones. */
const draws = 200
const seed = 20_240_229

/**
 * The compiler is slow: it gets so many values of those that both schemas accept, that both refuse, and
 * that they differ on.
 */
const asked = { accepted: 30, refused: 40, apart: 20 }

/** What each type's two schemas and the compiler say of the same few hundred values, by type. */
export function observePayloads(corpus: PayloadCorpus): Map<string, Observation[]> {
  const { queues, $defs } = corpus.contracts
  const validators = new Validators($defs)
  const ajv = new Ajv({
    strict: false,
    ownProperties: true,
    loopRequired: 1,
  })
  addFormats.default(ajv)
  const observed = new Map<string, Observation[]>()
  for (const [type, their] of theirSchemas(corpus)) {
    const input = queues[type]?.input
    if (input === undefined) throw new Error(`no queue carries ${type}`)
    const fits = their && ajv.compile(their)
    const ours = { ...input, $defs }
    const values = valuesFor(their ? [ours, their] : [ours], rareValues[type] ?? [])
    const observations = values.map((value): Observation => {
      const ours = validators.fits(input, value)
      return { value, ours, generator: fits && fits(value), compiler: null }
    })
    observed.set(type, observations)
  }
  askCompiler(corpus, observed)
  return observed
}

/** The same for the same schemas; each once. */
function valuesFor(schemas: readonly JsonSchema[], given: readonly unknown[]): unknown[] {
  const fitting = fc.oneof(...schemas.map(jsonOf))
  const merged = fc.tuple(fitting, fitting).map(([one, other]) => mergedObjects(one, other))
  const drawn = fc.oneof({ weight: 2, arbitrary: fitting }, { weight: 1, arbitrary: merged })
  const changes = fc.array(mutations(vocabularyOf(schemas)), { minLength: 1, maxLength: 2 })
  const samples = fc.sample(fc.tuple(drawn, changes), { numRuns: draws, seed })
  const values = samples.flatMap(([value, list]) => [value, list.reduce(mutated, value)])
  const texts = new Set([...given, ...values].map((value) => JSON.stringify(value)))
  return [...texts].map((text): unknown => JSON.parse(text))
}

/** Values of two members of a union in one. */
function mergedObjects(one: unknown, other: unknown): unknown {
  const isObject = (it: unknown) => typeof it === 'object' && it !== null && !Array.isArray(it)
  return isObject(one) && isObject(other) ? Object.assign({}, one, other) : one
}

function askCompiler(corpus: PayloadCorpus, observed: Map<string, Observation[]>): void {
  const judged = [...observed].flatMap(([type, all]) => {
    const apart = all.filter(({ ours, generator }) => generator !== null && generator !== ours)
    const agreed = all.filter((it) => !apart.includes(it))
    const some = [
      ...apart.slice(0, asked.apart),
      ...agreed.filter(({ ours }) => ours).slice(0, asked.accepted),
      ...agreed.filter(({ ours }) => !ours).slice(0, asked.refused),
    ]
    return some.map((observation) => ({ type, value: observation.value, observation }))
  })
  const verdicts = compilerVerdicts(corpus, judged)
  for (const [index, { observation }] of judged.entries()) {
    observation.compiler = verdicts[index] ?? null
  }
}

import { beforeAll, describe, expect, it } from 'vitest'
import { openCorpus, payloadTypes } from '../../support/payload-corpus.ts'
import {
  anyJsonFits,
  compilerDifferences,
  type Difference,
  generatorDifferences,
  unknownToGenerator,
} from './differences.ts'
import { type Observation, observePayloads } from './observe-payloads.ts'

const types = [...(await payloadTypes()).keys()]
let observed = new Map<string, Observation[]>()

beforeAll(async () => {
  await using corpus = await openCorpus()
  observed = observePayloads(corpus)
}, 180_000)

describe('our JSON Schema and what ts-json-schema-generator makes of the type', () => {
  it.each(types)('take the same values for %s', (type) => {
    expectListed(type, 'generator', generatorDifferences)
  })

  it('are compared for more than 150 types that they fully agree on', () => {
    const apart = new Set(generatorDifferences.flatMap((it) => it.types).concat(unknownToGenerator))
    expect(types.filter((type) => !apart.has(type)).length).toBeGreaterThan(150)
  })
})

describe('our JSON Schema and the compiler', () => {
  it.each(types)('take the same values for %s', (type) => {
    expectListed(type, 'compiler', compilerDifferences)
  })
})

describe('the comparison', () => {
  it('has values of every type that fit, and others that do not', () => {
    const oneSided = types.filter(
      (type) => new Set(observationsOf(type).map((it) => it.ours)).size < 2,
    )
    expect(oneSided).toEqual(anyJsonFits)
  })

  it('knows which types the generator throws at', () => {
    const unknown = types.filter((type) =>
      observationsOf(type).every((it) => it.generator === null),
    )
    expect(unknown).toEqual(unknownToGenerator)
  })

  it('lists only types that there are', () => {
    const listed = [...generatorDifferences, ...compilerDifferences].flatMap((it) => it.types)
    expect(listed.filter((type) => !types.includes(type))).toEqual([])
  })
})

/** Whatever the two differ on has to be listed, and whatever is listed has to be seen. */
function expectListed(
  type: string,
  judge: 'generator' | 'compiler',
  differences: readonly Difference[],
): void {
  const listed = differences.filter((it) => it.types.includes(type))
  const apart = observationsOf(type).filter((it) => it[judge] !== null && it[judge] !== it.ours)
  const explains = ({ we, only }: Difference, { ours, value }: Observation): boolean =>
    ours === (we === 'accept') && (only?.(value) ?? true)

  const unlisted = apart
    .filter((observation) => !listed.some((it) => explains(it, observation)))
    .map(({ ours, value }) => `we ${ours ? 'accept' : 'refuse'} ${JSON.stringify(value)}`)
    .sort((a, b) => a.length - b.length)
    .slice(0, 5)
  expect(unlisted, 'differences that are not listed').toEqual([])
  const notSeen = listed
    .filter((it) => !apart.some((observation) => explains(it, observation)))
    .map(({ we, reason }) => `we ${we}: ${reason}`)
  expect(notSeen, 'differences that are listed, but not there any more').toEqual([])
}

function observationsOf(type: string): Observation[] {
  const observations = observed.get(type) ?? []
  expect(observations.length, `values of ${type}`).toBeGreaterThan(0)
  return observations
}

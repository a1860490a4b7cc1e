import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { renderProject } from '../../../src/cli/render/render-project.ts'
import { hostileProject, textsOfQueues } from '../../support/hostile-project.ts'
import { projectOf } from '../../support/project.ts'
import { typeErrors } from '../../support/type-check.ts'

const queues = 400

it(
  'what is generated of hostile texts compiles, in strict mode',
  { timeout: 120_000 },
  async () => {
    const [texts = []] = fc.sample(textsOfQueues(queues), { numRuns: 1, seed: 20_261_129 })
    const model = hostileProject(texts)
    const generated = renderProject(model, {
      outDir: '.pikku',
      provider: undefined,
      providers: ['bullmq', 'pg-boss', 'sqs', 'embedded'],
      connection: {},
    })
    const services = model.services.createSingletonServices?.file
    const sources = model.wiringFiles.map((path): [string, string] => [
      path,
      path === services ? 'export const createSingletonServices = async () => ({})' : 'export {}',
    ])
    const root = await projectOf({
      ...Object.fromEntries(sources),
      ...Object.fromEntries(generated.map(({ path, text }) => [path, text])),
    })
    const files = generated.map(({ path }) => join(root, path)).filter((it) => it.endsWith('.ts'))
    expect(typeErrors(root, files)).toEqual([])
  },
)

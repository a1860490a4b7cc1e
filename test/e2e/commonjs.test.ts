import { describe, expect, it } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { createUserProject } from '../support/user-project.ts'

const wiring = `
import { pikkuSessionlessFunc, wireQueueWorker } from './pikku/pikku-types.gen.js'

const double = pikkuSessionlessFunc<{ n: number }, { n: number }>(async (_services, { n }) => ({ n: n * 2 }))
wireQueueWorker({ queue: 'double', func: double })
`

const plain = `
const { PikkuQueueError, errorCodes, capabilities } = require('pikku-queue')
const { createProvider } = require('pikku-queue/pg-boss')
console.log(typeof PikkuQueueError, errorCodes.notSupported, capabilities.sqs.results, typeof createProvider)
`

/** Against the generated client as the compiler makes it for CommonJS. */
const producer = `
const { createQueueClient, PikkuQueue } = require('./dist/pikku/pikku-queue.gen.js')
const { createProvider } = require('pikku-queue/sqs')

async function main() {
  const client = await createQueueClient({ provider: 'pg-boss' })
  const id = await client.add('double', { n: 1 }, { jobId: 'one' })
  const wrong = await client.add('double', { n: '1' }).catch((error) => error.code)
  const { waiting } = await client.queues.double.counts()
  await client.close()

  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const sqs = new PikkuQueue(createProvider({ role: 'producer', connection: { region: 'x' }, logger }))
  const noStatus = await sqs.getJob('double', id).catch((error) => [error.code, error.message])
  console.log(JSON.stringify({ id, wrong, waiting, noStatus }))
}
main()
`

it('the package can be required', async () => {
  const project = await createUserProject({ files: { 'plain.cjs': plain } })
  expect(await project.node(['plain.cjs']).ended).toEqual({
    code: 0,
    stdout: 'function PKQ409 false function\n',
    stderr: '',
  })
})

describe.each([
  ['nodenext', { module: 'nodenext' }],
  ['commonjs', { module: 'commonjs', moduleResolution: 'bundler' }],
])('a CommonJS project, compiled with module %s', (_, modules) => {
  it('generates, compiles, and adds jobs through the compiled client', async () => {
    const compilerOptions = {
      ...modules,
      target: 'ES2023',
      strict: true,
      exactOptionalPropertyTypes: true,
      types: ['node'],
      rootDir: 'src',
      outDir: 'dist',
    }
    const project = await createUserProject({
      files: {
        'package.json': JSON.stringify({ name: 'user-project', type: 'commonjs' }),
        'tsconfig.json': JSON.stringify({ compilerOptions, include: ['src'] }),
        'pikku.config.json': JSON.stringify({ outDir: 'src/pikku' }),
        'src/wiring.ts': wiring,
        'producer.cjs': producer,
      },
    })
    expect(await project.pikku(['generate']).ended).toMatchObject({ code: 0 })
    expect(await project.tsc().ended).toMatchObject({ code: 0, stdout: '' })
    const env = { DATABASE_URL: await createDatabase() }
    const { stdout, stderr } = await project.node(['producer.cjs'], env).ended
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      id: 'one',
      wrong: 'PKQ401',
      waiting: 1,
      noStatus: ['PKQ409', 'looking up a job is not supported on AWS SQS'],
    })
  }, 120_000)
})

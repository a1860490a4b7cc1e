import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkGenerated } from '../../../src/cli/doctor/checks/generated.ts'
import { gatherFacts } from '../../../src/cli/doctor/facts.ts'
import { projectOf, runGenerate } from '../../support/project.ts'

const wiring = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'email', func: pikkuSessionlessFunc<void, void>(async () => {}) })
`

/** What `pikku doctor` and `pikku generate --check` say: the same. */
async function verdict(root: string): Promise<string> {
  const findings = await checkGenerated(gatherFacts(root, 'sqs', {}))
  const severities = findings.map(({ severity }) => severity).join()
  const { exitCode } = await runGenerate(root, { check: true })
  return `${severities} ${exitCode}`
}

it.each(['{}', '{ "provider": "pg-boss" }', '{ "providers": ["bullmq", "sqs"] }'])(
  'agrees with generate --check, whatever the project has run on: %s',
  async (config) => {
    const root = await projectOf({ 'src/email.ts': wiring, 'pikku.config.json': config })
    expect(await verdict(root)).toBe('error 1')
    for (const run of ['bullmq', 'sqs', 'embedded'] as const) {
      expect(await runGenerate(root, { run })).toMatchObject({ exitCode: 0 })
      expect(await verdict(root)).toBe('ok 0')
    }
    await writeFile(join(root, '.pikku/pikku-types.gen.ts'), '')
    expect(await verdict(root)).toBe('error 1')
    await runGenerate(root)
    expect(await verdict(root)).toBe('ok 0')
  },
)

it('agrees that a worker is left over of a provider that was asked for once', async () => {
  const root = await projectOf({ 'src/email.ts': wiring })
  await runGenerate(root, { providers: ['bullmq'] })
  expect(await verdict(root)).toBe('error 1')
  await runGenerate(root)
  expect(await verdict(root)).toBe('ok 0')
})

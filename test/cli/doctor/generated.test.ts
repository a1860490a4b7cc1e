import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkGenerated } from '../../../src/cli/doctor/checks/generated.ts'
import { gatherFacts } from '../../../src/cli/doctor/facts.ts'
import { projectOf, runGenerate } from '../../support/project.ts'

const wiring = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'email', func: pikkuSessionlessFunc<void, void>(async () => {}) })
`

const severities = async (root: string) =>
  (await checkGenerated(gatherFacts(root, undefined, {}))).map(({ severity }) => severity)

it('asks for no worker of a provider that no worker ran on', async () => {
  const root = await projectOf({ 'src/email.ts': wiring })
  await runGenerate(root, { providers: ['bullmq'] })
  expect(await severities(root)).toEqual(['ok'])
  await unlink(join(root, '.pikku/pikku-worker.bullmq.gen.ts'))
  expect(await severities(root)).toEqual(['error'])
})

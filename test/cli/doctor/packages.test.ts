import { describe, expect, it } from 'vitest'
import type { ProviderName } from '../../../src/runtime/capabilities.ts'
import { checkPackages } from '../../../src/cli/doctor/checks/packages.ts'
import { gatherFacts } from '../../../src/cli/doctor/facts.ts'
import { packageVersion } from '../../../src/cli/package-info.ts'
import { projectOf } from '../../support/project.ts'

/** What is found in a project with these packages. */
async function check(
  installed: Record<string, string>,
  provider: ProviderName,
  files: Record<string, string> = {},
) {
  const packages = Object.entries(installed).map(([name, version]): [string, string] => [
    `node_modules/${name}/package.json`,
    JSON.stringify({ name, version }),
  ])
  const root = await projectOf({ ...Object.fromEntries(packages), ...files })
  return checkPackages(gatherFacts(root, provider, {}))
}

const own = { 'pikku-queue': packageVersion }

describe('the packages', () => {
  it('are all there', async () => {
    const found = await check({ ...own, bullmq: '6.7.3', ioredis: '6.0.0' }, 'bullmq')
    expect(found).toEqual([
      { severity: 'ok', message: `pikku-queue ${packageVersion}, bullmq 6.7.3, ioredis 6.0.0` },
    ])
  })

  it('are missing, or too old, and can be had with the project’s package manager', async () => {
    const installed = { ...own, 'pg-boss': '10.1.0' }
    const found = await check(installed, 'pg-boss', { 'pnpm-lock.yaml': '' })
    expect(found.slice(1)).toEqual([
      {
        severity: 'error',
        code: 'PKQ603',
        message: 'pg-boss needs pg and @opentelemetry/api, which are not installed',
        hint: 'Run: pnpm add pg@8 @opentelemetry/api@1',
      },
      {
        severity: 'error',
        message: 'pg-boss is 10.1.0, and ~12.38.0 is needed',
        hint: 'Run: pnpm add pg-boss@~12.38.0',
      },
    ])
  })

  it('are those of another version of ours than the one that looks', async () => {
    const found = await check({ 'pikku-queue': '0.0.1', '@aws-sdk/client-sqs': '3.1200.0' }, 'sqs')
    expect(found.slice(1)).toEqual([
      {
        severity: 'warning',
        message: `this is pikku ${packageVersion}, and the project has pikku-queue 0.0.1`,
        hint: "Run the project's own: npx pikku",
      },
    ])
  })

  it('are not even ours', async () => {
    expect(await check({}, 'sqs')).toEqual([
      {
        severity: 'error',
        message: 'pikku-queue is not installed in this project',
        hint: 'Run: npm install pikku-queue',
      },
    ])
  })
})

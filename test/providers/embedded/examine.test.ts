import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createProvider } from '../../../src/runtime/providers/embedded/index.ts'
import { engineFolder, serverPid } from '../../support/engine-folder.ts'
import { declaration } from '../../support/provider-work.ts'
import { silentLogger } from '../../support/silent-logger.ts'

const providerAt = (dataDir: string) =>
  createProvider({ connection: { dataDir }, role: 'worker', logger: silentLogger })

async function examine(folder: string): Promise<string[]> {
  const findings = await providerAt(folder).examine?.([declaration('jobs')])
  return (findings ?? []).map(({ severity, message }) => `${severity} ${message}`)
}

it('looks at what there is, and starts nothing', { timeout: 60_000 }, async () => {
  const folder = await engineFolder()
  const installed = expect.stringMatching(/^ok PostgreSQL 18\S+ is installed for this platform$/)
  expect(await examine(folder)).toEqual([
    installed,
    `ok no data yet: the first worker or client sets them up in ${folder}`,
  ])
  await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' })

  const provider = providerAt(folder)
  await provider.open([declaration('jobs')])
  expect(await examine(folder)).toEqual([
    installed,
    expect.stringContaining('answers'),
    expect.stringContaining('is the one that this pg-boss works with'),
    'ok 1 of 1 queues are there',
  ])
  await provider.close(1_000)

  expect(await examine(folder)).toEqual([
    installed,
    `ok the data are in ${folder}; the first worker or client starts the server`,
  ])
  expect(await serverPid(folder)).toBeUndefined()

  await writeFile(join(folder, 'cluster', 'PG_VERSION'), '15\n')
  await expect(examine(folder)).rejects.toMatchObject({ code: 'PKQ606' })
})

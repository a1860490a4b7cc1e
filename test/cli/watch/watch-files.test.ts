import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Changes, watchFiles } from '../../../src/cli/watch/watch-files.ts'
import { temporaryFolder } from '../../support/engine-folder.ts'

it('misses no change of a file elsewhere between its reading and its watching', async () => {
  const folder = await temporaryFolder()
  const root = join(folder, 'app')
  const shared = join(folder, 'shared.ts')
  await mkdir(root)
  await writeFile(shared, 'first')
  const stopping = new AbortController()
  const runs: Changes[] = []

  const watching = watchFiles({
    root,
    isGenerated: () => false,
    onChange: async (changes) => {
      runs.push(changes)
      if (runs.length === 1) await writeFile(shared, 'second')
      return [shared]
    },
    onTrouble: (error) => {
      throw error
    },
    signal: stopping.signal,
  })
  await expect.poll(() => runs.length, { timeout: 10_000 }).toBe(2)
  expect(runs[1]).toEqual({ paths: [shared], isWhole: false })

  await writeFile(shared, 'third')
  await expect.poll(() => runs.length, { timeout: 10_000 }).toBe(3)
  expect(runs[2]).toEqual({ paths: [shared], isWhole: false })
  stopping.abort()
  await watching
})

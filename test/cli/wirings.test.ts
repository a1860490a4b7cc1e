import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { typeErrors } from '../support/type-check.ts'
import { generateCase, table } from '../support/wiring-case.ts'

const cases = (await readdir(table)).sort()

/** The other generated files are compared where a case is about them: where it expects them. */
const always = ['diagnostics.txt', 'pikku-contracts.gen.json', 'pikku-queue.gen.ts']

/**
 * A new case fails once, and has its outcome written beside it: read it, then run again. Where another
 * kind of outcome is right than was, remove `expected/` first.
 */
describe('the table of wiring forms', () => {
  it.each(cases)('%s', async (name) => {
    const folder = join(table, name, 'expected')
    const expected = await readdir(folder).catch((): string[] => [])
    const { root, exitCode, files, sources } = await generateCase(name)

    const compared = [...files.keys()].filter((it) => always.includes(it) || expected.includes(it))
    if (expected.length > 0) expect(compared.sort()).toEqual(expected.sort())
    for (const file of compared) {
      await expect(files.get(file)).toMatchFileSnapshot(join(folder, file))
    }
    expect(expected, 'a new case').not.toEqual([])
    expect(exitCode).toBe(sources.length > 0 ? 0 : 1)
    if (exitCode === 0) expect(typeErrors(root, sources)).toEqual([])
  })

  it('is long enough', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60)
  })
})

import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { removeStaleFile } from '../../../src/runtime/providers/embedded/postmaster-file.ts'

const [dead, other] = [4_000_001, 4_000_002]

async function folder() {
  const cluster = await mkdtemp(join(tmpdir(), 'pikku-postmaster-'))
  onTestFinished(() => rm(cluster, { recursive: true, force: true }))
  return { cluster, path: join(cluster, 'postmaster.pid') }
}

describe('the lock file of a dead server', () => {
  it.each([
    ['is removed', `${dead}\n`, []],
    ['is left where another server has put its own', `${other}\n`, ['postmaster.pid']],
    ['is left where another server is about to write into its own', '', ['postmaster.pid']],
  ])('%s', async (_, text, left) => {
    const { cluster, path } = await folder()
    await writeFile(path, text)
    await removeStaleFile(cluster, dead)
    expect(await readdir(cluster)).toEqual(left)
  })

  it('is removed once, whoever does so at the same time, and never a server’s that comes after it', async () => {
    const { cluster, path } = await folder()
    for (let round = 0; round < 200; round += 1) {
      await writeFile(path, `${dead}\n`)
      const removals = Array.from({ length: 4 }, () => removeStaleFile(cluster, dead))
      // As PostgreSQL does: made only where there is none, and written a moment later.
      const server = startWriting(path)
      await Promise.all([...removals, server])
      expect(await readFile(path, 'utf8')).toBe(`${other}\n`)
      await rm(path)
    }
    expect(await readdir(cluster)).toEqual([])
  })
})

async function startWriting(path: string): Promise<void> {
  for (;;) {
    const file = await open(path, 'wx').catch(() => undefined)
    if (!file) continue
    await new Promise(setImmediate)
    await file.writeFile(`${other}\n`)
    await file.close()
    return
  }
}

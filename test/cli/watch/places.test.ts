import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Places } from '../../../src/cli/watch/places.ts'
import { temporaryFolder } from '../../support/engine-folder.ts'

/** A root `app`, files beside it, and what it watches of them; all by names relative to the folder of both. */
async function inWorkspace(files: readonly string[]) {
  const top = await temporaryFolder()
  const path = (name: string) => join(top, name)
  const write = (name: string, text: string) => {
    mkdirSync(dirname(path(name)), { recursive: true })
    writeFileSync(path(name), text)
  }
  for (const name of ['app/package.json', ...files]) write(name, 'first')
  let stirs = 0
  const places = new Places({
    root: path('app'),
    onStir: () => (stirs += 1),
    onTrouble: (error) => {
      throw error
    },
  })
  onTestFinished(() => {
    places.close()
  })
  const moves = () =>
    Object.fromEntries(
      places.moves().map((it) => [it.path.slice(top.length + 1), it.isEdit ? 'edited' : 'moved']),
    )
  return {
    path,
    write,
    /** @param since by default it is read now */
    watch: (name: string, wasThere: boolean, since = Number.MAX_SAFE_INTEGER) => {
      places.add(path(name), wasThere, since)
    },
    stirs: () => stirs,
    moves,
    become: async (expected: Record<string, 'edited' | 'moved'>) => {
      let all = {}
      const told = () => (all = { ...all, ...moves() })
      await expect.poll(told, { timeout: 10_000, interval: 20 }).toEqual(expected)
    },
  }
}

it('tells of a file that is edited, replaced, deleted, and there again', async () => {
  const { path, write, watch, become } = await inWorkspace(['shared/a.ts', 'shared/b.ts'])
  watch('shared/a.ts', true)
  write('shared/b.ts', 'second')
  write('shared/a.ts', 'second')
  await become({ 'shared/a.ts': 'edited' })
  write('shared/a.tmp', 'third')
  renameSync(path('shared/a.tmp'), path('shared/a.ts'))
  await become({ 'shared/a.ts': 'edited' })
  // As git does it, again and again: at one go, so that nobody looks in between.
  for (const text of ['fourth', 'fifth']) {
    rmSync(path('shared/a.ts'))
    write('shared/a.ts', text)
    await become({ 'shared/a.ts': 'edited' })
  }
  rmSync(path('shared/a.ts'))
  await become({ 'shared/a.ts': 'moved' })
  write('shared/a.ts', 'sixth')
  await become({ 'shared/a.ts': 'moved' })
})

it('tells of what comes to be where not even a folder was', async () => {
  const { write, watch, become } = await inWorkspace([])
  watch('packages/shared/src/a.ts', false)
  watch('packages/shared/package.json', false)
  write('packages/other/src/a.ts', 'first')
  write('packages/shared/src/a.ts', 'first')
  await become({ 'packages/shared/src/a.ts': 'moved' })
  write('packages/shared/src/a.ts', 'second')
  await become({ 'packages/shared/src/a.ts': 'edited' })
})

it('follows folders of its way that are renamed, replaced and made anew', async () => {
  const { path, write, watch, become } = await inWorkspace(['packages/a/src/a.ts', 'b/src/a.ts'])
  watch('packages/a/src/a.ts', true)
  renameSync(path('packages/a'), path('packages/c'))
  await become({ 'packages/a/src/a.ts': 'moved' })
  renameSync(path('packages/c'), path('packages/a'))
  await become({ 'packages/a/src/a.ts': 'moved' })
  renameSync(path('packages'), path('former'))
  renameSync(path('b'), path('packages'))
  mkdirSync(path('packages/a'))
  renameSync(path('packages/src'), path('packages/a/src'))
  await become({ 'packages/a/src/a.ts': 'edited' })
  rmSync(path('packages'), { recursive: true })
  write('packages/a/src/a.ts', 'second')
  await become({ 'packages/a/src/a.ts': 'edited' })
  write('packages/a/src/a.ts', 'third')
  await become({ 'packages/a/src/a.ts': 'edited' })
})

it('tells of a link that leads elsewhere in one moment, and of nothing in the folder that it leads to', async () => {
  const { path, write, watch, become } = await inWorkspace(['one/src/a.ts', 'two/src/a.ts'])
  const link = 'app/node_modules/shared'
  const lead = (target: string) => {
    symlinkSync(target, path('app/new'))
    renameSync(path('app/new'), path(link))
  }
  mkdirSync(path('app/node_modules'))
  lead('../../one')
  watch(link, true)
  watch(`${link}/src/a.ts`, true)
  lead('../../two')
  await become({ [link]: 'moved', [`${link}/src/a.ts`]: 'edited' })
  write('two/src/b.ts', 'second')
  write('two/src/a.ts', 'second')
  await become({ [`${link}/src/a.ts`]: 'edited' })
  rmSync(path('app/node_modules'), { recursive: true })
  await become({ [link]: 'moved', [`${link}/src/a.ts`]: 'moved' })
  mkdirSync(path('app/node_modules'))
  lead('../../one')
  await become({ [link]: 'moved', [`${link}/src/a.ts`]: 'moved' })
})

it('tells of what was not seen when it begins', async () => {
  const { watch, stirs, moves } = await inWorkspace([
    'shared/old.ts',
    'shared/new.ts',
    'shared/edited.ts',
  ])
  watch('shared/old.ts', true)
  watch('shared/never.ts', false)
  expect(stirs()).toBe(0)
  watch('shared/edited.ts', true, 0)
  watch('shared/new.ts', false)
  watch('shared/gone.ts', true)
  expect(stirs()).toBe(3)
  expect(moves()).toEqual({
    'shared/edited.ts': 'edited',
    'shared/new.ts': 'moved',
    'shared/gone.ts': 'moved',
  })
  expect(moves()).toEqual({})
})

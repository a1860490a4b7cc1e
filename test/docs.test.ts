import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const root = new URL('..', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const codesIn = (text: string) => new Set(text.match(/\bPKQ\d{3}\b/g))

it('every code of the sources has its line in docs/codes.md, and no other has', () => {
  const sources = globSync('src/**/*.ts', { cwd: root }).map(read).join('\n')
  const documented = [...read('docs/codes.md').matchAll(/^\| (PKQ\d{3}) \|/gm)].map(([, it]) => it)
  expect(documented).toEqual([...codesIn(sources)].sort())
})

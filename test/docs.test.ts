import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readPages } from './support/code-page.ts'

const root = new URL('..', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const codesIn = (text: string) => new Set(text.match(/\bPKQ\d{3}\b/g))

const index = /^\| \[(PKQ\d{3})\]\(codes\/\1\.md\) +\|/gm
const documented = [...read('docs/codes.md').matchAll(index)].map(([, code]) => code)
const pages = readPages()

it('every code of the sources has its line in docs/codes.md, and no other has', () => {
  const sources = globSync('src/**/*.ts', { cwd: root }).map(read).join('\n')
  expect(documented).toEqual([...codesIn(sources)].sort())
})

it('every code has its page, and no page is left over', () => {
  expect(pages.map(({ code }) => code)).toEqual(documented)
})

it.each(pages)('the page of $code says what causes it and what to do', ({ code, ...page }) => {
  expect(page.text).toMatch(new RegExp(`^# ${code}: .+\\n\\n[^#]`))
  const [head, ...headings] = page.headings
  expect(head).toContain(code)
  expect(headings.join(', ')).toMatch(/^Causes it, (Corrected|What to do)(, Why)?$/)
  expect(page.text.split('\n').length).toBeLessThanOrEqual(65)
})

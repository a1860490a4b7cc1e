import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort()

const textOf = (page: string) => readFileSync(join(root, page), 'utf8')
const withoutBlocks = (text: string) => text.replace(/^```[^]*?^```$/gm, '')

/** The anchors of a page's headings, as GitHub makes them; of those that are alike, the later ones have numbers. */
function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>()
  const headings = withoutBlocks(textOf(page)).matchAll(/^#+ (.+)$/gm)
  return new Set(
    [...headings].map(([, heading = '']) => {
      const anchor = heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-')
      const before = seen.get(anchor) ?? 0
      seen.set(anchor, before + 1)
      return before === 0 ? anchor : `${anchor}-${before}`
    }),
  )
}

describe('links lead somewhere', () => {
  it.each(pages)('in %s', (page) => {
    const targets = withoutBlocks(textOf(page)).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)
    const broken = [...targets].filter(([, path = '', anchor]) => {
      const target = path === '' ? page : join(dirname(page), path)
      if (!existsSync(join(root, target))) return true
      return anchor !== undefined && !anchorsOf(target).has(anchor)
    })
    expect(broken.map(([link]) => link)).toEqual([])
  })
})

it('every page of the docs can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    if (!page.endsWith('.md')) continue
    for (const [, path = ''] of textOf(page).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      reached.add(join(dirname(page), path))
    }
  }
  expect(pages.filter((page) => !reached.has(page))).toEqual([])
})

it('the README has the two commands that a fresh clone needs', () => {
  const blocks = textOf('README.md')
    .match(/^```sh[^]*?^```$/gm)
    ?.join('\n')
  expect(blocks).toContain('\nnpm ci && npm run demo ')
  expect(blocks).toContain('\nnpm ci && npm test ')
})

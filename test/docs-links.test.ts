import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
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

/** Where a page's links lead that lead nowhere else on the net; relative to the root. */
function linksOf(page: string): { target: string; anchor: string | undefined }[] {
  const links = withoutBlocks(textOf(page)).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)
  return [...links].map(([, path = '', anchor]) => ({
    target: path === '' ? page : posix.join(dirname(page), path),
    anchor,
  }))
}

describe('links lead somewhere', () => {
  it.each(pages)('in %s', (page) => {
    const broken = linksOf(page).filter(({ target, anchor }) => {
      if (!existsSync(join(root, target))) return true
      return anchor !== undefined && !anchorsOf(target).has(anchor)
    })
    expect(broken).toEqual([])
  })
})

it('links of what is published lead to what is published: they are read in node_modules, too', async () => {
  // Without the settings of the npm that runs the tests.
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))
  const { stdout } = await promisify(execFile)(
    'npm',
    ['pack', '--dry-run', '--ignore-scripts', '--json'],
    { cwd: root, env: Object.fromEntries(env), maxBuffer: 2 ** 24 },
  )
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }]
  const published = new Set(files.map(({ path }) => path))
  expect(published).toContain('README.md')
  for (const page of pages.filter((page) => published.has(page))) {
    const lost = linksOf(page).filter(({ target }) => !published.has(target))
    expect(lost, page).toEqual([])
  }
})

it('every page of the docs can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    if (!page.endsWith('.md')) continue
    for (const { target } of linksOf(page)) reached.add(target)
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

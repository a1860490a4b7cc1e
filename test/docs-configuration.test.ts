import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { type Row, table } from './support/provider-page.ts'

const root = new URL('..', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const page = read('docs/configuration.md')

interface Setting {
  description?: string
  default?: string | boolean
  properties?: Record<string, Setting>
}

/** A row for each setting that has none below it. */
function rowsOf({ properties = {} }: Setting, above = ''): Row[] {
  return Object.entries(properties).flatMap(([name, setting]): Row[] => {
    const path = `${above}${name}`
    if (setting.properties) return rowsOf(setting, `${path}.`)
    if (setting.description === undefined) return []
    const otherwise =
      setting.default === undefined ? '' : ` Default: \`${String(setting.default)}\`.`
    return [[`\`${path}\``, `${plain(setting.description)}${otherwise}`]]
  })
}

/** What Markdown would take for emphasis, as it is. */
const plain = (text: string) => text.replaceAll('*', '\\*')

it('the page of the configuration has each setting as the schema has it', async () => {
  const schema = JSON.parse(read('config.schema.json')) as Setting
  const rows = table([['setting', 'meaning'], ...rowsOf(schema)])
  const filled = page.replace(/(?<=^## Settings\n\n)(?:^\|.*\n)+/m, () => rows)
  await expect(filled).toMatchFileSnapshot(fileURLToPath(new URL('docs/configuration.md', root)))
})

it('the page of the configuration has each variable that is read', () => {
  const sources = globSync('src/**/*.ts', { cwd: root }).map(read).join('\n')
  const names = sources.matchAll(/\benv(?:ironment)?(?:\.|\[')([A-Z][A-Z_]+)/g)
  const missing = [...names].flatMap(([, name = '']) =>
    page.includes(`\`${name}\``) ? [] : [name],
  )
  expect(missing).toEqual([])
})

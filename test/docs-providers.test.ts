import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { capabilities, providerNames } from '../src/runtime/capabilities.ts'
import { withTables } from './support/provider-page.ts'

const folder = fileURLToPath(new URL('../docs/providers/', import.meta.url))

describe('the pages of the providers', () => {
  it('are one for each', () => {
    expect(readdirSync(folder).sort()).toEqual(providerNames.map((name) => `${name}.md`).sort())
  })

  it.each(providerNames)('%s: the tables are those of the capabilities', async (name) => {
    const path = `${folder}${name}.md`
    const page = readFileSync(path, 'utf8')
    expect(page).toMatch(/^## What it can do$[^]*^## Worker options$[^]*^## /m)
    await expect(withTables(page, capabilities[name])).toMatchFileSnapshot(path)
  })
})

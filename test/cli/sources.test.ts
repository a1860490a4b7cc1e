import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ts } from 'ts-morph'
import { Sources } from '../../src/cli/scan/sources.ts'
import { projectOf } from '../support/project.ts'

const nodeNext = { module: ts.ModuleKind.NodeNext }

describe('an import of a source that was read before', () => {
  it.each<[string, ts.CompilerOptions, string[]]>([
    ['./type.js', nodeNext, ['src/type.ts', 'src/type.d.ts', 'src/type.js']],
    ['./type.js', nodeNext, ['src/type.tsx', 'src/type.ts']],
    ['./type.mjs', nodeNext, ['src/type.mts', 'src/type.ts']],
    ['../src/type.cjs', nodeNext, ['src/type.cts']],
    ['./type.js', nodeNext, ['src/type.tsx', 'src/type.d.ts']],
    ['./type.js', nodeNext, ['src/type/index.ts']],
    [
      './type.js',
      { ...nodeNext, moduleSuffixes: ['.web', ''] },
      ['src/type.ts', 'src/type.web.ts'],
    ],
    ['./type.js', { ...nodeNext, rootDirs: ['src', 'more'] }, ['more/type.ts', 'src/type.ts']],
    ['./type.js', { ...nodeNext, rootDirs: ['src', 'more'] }, ['more/type.ts']],
    ['./type', { module: ts.ModuleKind.Preserve }, ['src/type.ts', 'src/type/index.ts']],
    ['./type.ts', { module: ts.ModuleKind.Preserve }, ['src/type.ts', 'src/type.ts.ts']],
  ])('of %s, with %j, leads where the compiler says among %j', async (name, options, files) => {
    const from = 'src/from.ts'
    const root = await projectOf({
      [from]: `import type { Type } from '${name}'`,
      ...Object.fromEntries(files.map((path) => [path, 'export type Type = 1'])),
    })
    const { rootDirs } = options
    const absolute = rootDirs && { rootDirs: rootDirs.map((it) => join(root, it)) }
    const rooted = { ...options, ...absolute }
    const sources = new Sources(rooted, root)
    for (const path of [from, ...files]) sources.read(join(root, path))
    const file = sources.parse(join(root, from))
    const [statement] = file?.statements ?? []
    if (!file || !statement || !ts.isImportDeclaration(statement)) throw new Error('no import')
    const { moduleSpecifier } = statement
    if (!ts.isStringLiteral(moduleSpecifier)) throw new Error('no specifier')
    const expected = ts.resolveModuleName(name, file.fileName, rooted, ts.sys)
    expect(sources.resolve(moduleSpecifier, file)).toBe(expected.resolvedModule?.resolvedFileName)
  })
})

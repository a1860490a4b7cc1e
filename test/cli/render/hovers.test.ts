import { beforeAll, describe, expect, it } from 'vitest'
import { openEditor, type Shown } from '../../support/editor.ts'
import { projectOf, runGenerate } from '../../support/project.ts'

const source = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'

interface Address {
  /** Where the mail goes. */
  to: string
}
interface Receipt {
  /** As the server names it. */
  messageId: string
}
const mail = pikkuSessionlessFunc<Address, Receipt>({
  func: async () => ({ messageId: '1' }),
  docs: {
    summary: 'Send a welcome mail',
    description: 'Once for each address.',
    errors: ['BounceError'],
  },
})
const plain = pikkuSessionlessFunc<number>(async () => {})
const odd = pikkuSessionlessFunc<void>({ func: async () => {}, docs: { summary: 'Odd names' } })

wireQueueWorker({ queue: 'email', func: mail })
wireQueueWorker({ queue: 'send-letter', func: mail })
wireQueueWorker({ queue: 'plain', func: plain })
wireQueueWorker({ queue: 'constructor', func: odd })
wireQueueWorker({ queue: '__proto__', func: odd })
`

const docs = 'Send a welcome mail\n\nOnce for each address.\n\nFails with BounceError.'

let show: (code: string) => Shown

beforeAll(async () => {
  let remove = async () => {}
  const root = await projectOf({ 'src/main.ts': source }, (it) => (remove = it))
  expect(await runGenerate(root)).toMatchObject({ exitCode: 0, stderr: '' })
  const ask = openEditor(root)
  show = (code) =>
    ask(`import type { PikkuQueue } from '../.pikku/pikku-queue.gen.ts'
declare const client: PikkuQueue
export const shown = ${code}
`)
  return remove
})

describe('an editor shows', () => {
  it("a function's docs on the name of its queue", () => {
    expect(show('client.queues.‸email').hover).toEqual({
      signature: '(property) email: QueueHandle<Address, Receipt, unknown>',
      docs,
    })
    expect(show(`client.queues[‸'send-letter']`).hover?.docs).toBe(docs)
    expect(show('client.queues.‸plain').hover).toEqual({
      signature: '(property) plain: QueueHandle<number, void, unknown>',
      docs: '',
    })
  })

  it.each(['constructor', '__proto__'])('the docs of a queue called %s', (name) => {
    expect(show(`client.queues.‸${name}`).hover?.docs).toBe('Odd names')
  })

  it('the queues and their docs where one is to be named', () => {
    const expected = [
      ['__proto__', 'Odd names'],
      ['constructor', 'Odd names'],
      ['email', docs],
      ['plain', ''],
      ['send-letter', docs],
    ]
    expect([...show('client.queues.‸').completions].sort()).toEqual(expected)
    expect([...show(`client.queues['‸']`).completions].sort()).toEqual(expected)
    expect([...show(`client.add('‸')`).completions.keys()].sort()).toEqual(
      expected.map(([name]) => name),
    )
  })

  it('the docs of what is done with a queue', () => {
    expect(show('client.queues.email.‸add').hover?.docs).toContain('Adds a job')
    expect(show('client.‸queues').hover?.docs).toContain('Each queue by its name')
    expect([...show('client.queues.email.‸').completions.keys()]).toEqual(
      expect.arrayContaining(['add', 'addBulk', 'events', 'waitForCompletion']),
    )
  })

  it.each([`client.add('email', {`, `client.queues.email.add({`])(
    'the docs of the properties of a payload: %s',
    (call) => {
      const property = { signature: '(property) to: string', docs: 'Where the mail goes.' }
      expect(show(`${call} ‸to: 'a' })`).hover).toEqual(property)
      expect(show(`${call} ‸ })`).completions).toEqual(new Map([['to', property.docs]]))
    },
  )

  it('the docs of the properties of a result', () => {
    for (const call of [`waitForCompletion('email', '1')`, `queues.email.waitForCompletion('1')`]) {
      const { hover } = show(`(await client.${call}).‸messageId`)
      expect(hover?.docs).toBe('As the server names it.')
    }
  })
})

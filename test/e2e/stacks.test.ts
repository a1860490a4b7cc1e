import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { atWork, createUserProject, type Running } from '../support/user-project.ts'

const wiring = `
import { setTimeout as delay } from 'node:timers/promises'
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'

interface Order { id: string }

async function charge({ id }: Order): Promise<void> {
  if (id === 'late') await delay(1)
  throw new Error('no card for ' + id)
}

export const pay = pikkuSessionlessFunc<Order, void>(async (_services, order) => {
  await charge(order)
})
wireQueueWorker({ queue: 'pay', func: pay, config: { attempts: 1 } })
`

const producer = `
import { createQueueClient } from './.pikku/pikku-queue.gen.ts'
const client = await createQueueClient()
for (const id of ['at-once', 'late']) await client.add('pay', { id })
await client.close()
`

it('what a function threw is printed with the frames of the user, as they wrote them', async () => {
  const project = await createUserProject({
    files: { 'src/pay.ts': wiring, 'producer.mjs': producer },
  })
  const env = { DATABASE_URL: await createDatabase() }
  const file = join(project.folder, 'src', 'pay.ts')
  const frames = (id: string) => {
    const [, ...lines] = output.split(`error="no card for ${id}"`)[1]?.split('\n') ?? []
    const end = lines.findIndex((line) => !line.startsWith('    at '))
    // Node's own, where a timer resumed the function, are between those of the user.
    return lines.slice(0, end).filter((line) => !line.includes('(node:'))
  }
  let output = ''

  const fail = async (worker: Running) => {
    await worker.printed(atWork)
    expect((await project.node(['producer.mjs'], env).ended).code).toBe(0)
    for (const id of ['at-once', 'late']) await worker.printed(`no card for ${id}`)
    worker.process.kill('SIGTERM')
    output = (await worker.ended).stdout
    const charge = `    at charge (${file}:9:9)`
    expect(frames('at-once')).toEqual([charge, `    at Object.func (${file}:13:9)`])
    expect(frames('late')).toEqual([charge, `    at async Object.func (${file}:13:3)`])
  }
  await fail(project.pikku(['worker'], env))
  expect((await project.pikku(['build', '--provider', 'pg-boss']).ended).code).toBe(0)
  await fail(project.node(['--enable-source-maps', 'dist/worker.js'], env))
}, 120_000)

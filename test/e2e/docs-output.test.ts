import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { blocksOf } from '../support/code-page.ts'
import { startRedisServer } from '../support/redis-server.ts'
import { atWork, createUserProject, repository, type UserProject } from '../support/user-project.ts'

/** What is another at each run, or on each machine. */
const variable = [
  /\d\d:\d\d:\d\d\.\d{3}/g,
  /\d+(?= (?:ms|kB)\b)/g,
  /\d+(?:\.\d+){3}:\d+/g,
  /(?<=data in )\S+/g,
  /(?<=\bNode )\d+\.\d+\.\d+/g,
  /\b(?:Redis|Valkey) \d+\.\d+\.\d+/g,
]
const steady = (line: string) => variable.reduce((text, it) => text.replace(it, '…'), line)

/** Expects the only text of a command's page to be what the command printed there; `-u` makes it so. */
async function expectOnPage(
  command: string,
  { folder }: UserProject,
  printed: string,
): Promise<void> {
  const path = join(repository, 'docs', 'commands', `${command}.md`)
  const page = readFileSync(path, 'utf8')
  const texts = blocksOf(page).filter(({ language }) => language === 'text')
  expect(texts).toHaveLength(1)
  const lines = texts.flatMap(({ text }) => text.trimEnd().split('\n'))
  const asThere = (line: string) => lines.find((it) => steady(it) === steady(line)) ?? line
  const text = printed
    .replaceAll(folder, '/home/ada/app')
    .trimEnd()
    .split('\n')
    .map(asThere)
    .join('\n')
  await expect(page.replace(/(?<=^```text\n)[^]*?(?=\n```$)/m, () => text)).toMatchFileSnapshot(
    path,
  )
}

const head = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'\n`
const email = `${head}
wireQueueWorker({ queue: 'email', func: pikkuSessionlessFunc<{ to: string }, void>(async () => {}) })
`
const shop = `${head}
const func = pikkuSessionlessFunc<{ orderId: string }, void>(async () => {})
wireQueueWorker({ queue: 'payments', func })
wireQueueWorker({ queue: 'shipments', func })
wireQueueWorker({ queue: 'reports', func, config: { deadLetterQueue: 'reports-failed' } })
`
const checkout = `import type { PikkuQueue } from '#pikku/pikku-queue.gen.js'

export async function checkOut(client: PikkuQueue, orderId: string): Promise<void> {
  await client.add('payments', { orderId }, { tx: JSON.parse('{}') })
}
`
/** Of every queue but the one of the dead letters. */
const orders = `import { createQueueClient } from '#pikku/pikku-queue.gen.ts'

const client = await createQueueClient()
await client.add('email', { to: 'ada@example.com' })
for (const queue of ['payments', 'shipments', 'reports'] as const) await client.add(queue, { orderId: '1' })
await client.close()
`

describe('what the pages have printed', { timeout: 120_000 }, () => {
  it('pikku build prints', async () => {
    const project = await createUserProject({ files: { 'src/email.ts': email } })
    const built = await project.pikku(['build', '--provider', 'pg-boss']).ended
    await expectOnPage('build', project, built.stdout)
  })

  it('pikku dev prints', async () => {
    const project = await createUserProject({ files: { 'src/email.ts': email } })
    const dev = project.pikku(['dev', '--port', '0'])
    await dev.printed(atWork)
    await dev.printed('shows the queues on')
    const lines = dev.soFar().trimEnd().split('\n')
    // The worker and the dashboard start beside each other.
    const of = (...names: string[]) =>
      lines.filter((line) => names.includes(line.split(' ')[0] ?? ''))
    await expectOnPage(
      'dev',
      project,
      [...of('engine', 'generate', 'worker'), ...of('dashboard')].join('\n'),
    )
    dev.process.kill('SIGINT')
    await dev.ended
  })

  it('pikku doctor prints', async () => {
    const redis = await startRedisServer()
    onTestFinished(() => redis.destroy())
    const env = { REDIS_URL: redis.url }
    const project = await createUserProject({
      files: {
        'src/email.ts': email,
        'src/shop.ts': shop,
        'src/checkout.ts': checkout,
        'src/orders.ts': orders,
      },
    })
    await project.pikku(['generate']).ended
    await project.node(['src/orders.ts'], env).ended
    const looked = await project.pikku(['doctor'], env).ended
    await expectOnPage('doctor', project, looked.stdout)
  })
})

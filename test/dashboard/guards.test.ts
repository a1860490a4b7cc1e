import { describe, expect, it } from 'vitest'
import { dashboardApp, type AppOptions } from '../../src/dashboard/app.ts'
import { serveDashboard } from '../../src/dashboard/server.ts'
import { errorCodes } from '../../src/runtime/errors.ts'
import { MemoryProvider } from '../support/memory-provider.ts'
import { shopContracts } from './stage.ts'

const options = (over: Partial<AppOptions> = {}): AppOptions => ({
  provider: new MemoryProvider(),
  contracts: shopContracts(),
  redact: [],
  readOnly: false,
  host: '127.0.0.1',
  ...over,
})

async function ask(
  headers: Record<string, string>,
  {
    method = 'GET',
    path = 'api/queues/email/job-data-schema',
    ...over
  }: Partial<AppOptions> & {
    method?: string
    path?: string
  } = {},
): Promise<number> {
  const app = dashboardApp(options(over))
  const request = new Request(`http://any/${path}`, {
    method,
    headers: { host: 'localhost:3100', ...headers },
  })
  return (await app.fetch(request)).status
}

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
const credentials = { user: 'ops', password: 'pä:ss' }
const pause = { method: 'PUT', path: 'api/queues/email/pause' }

describe('on a loopback address', () => {
  it.each(['localhost', 'LOCALHOST:3100', '127.0.0.1:9', '127.8.8.8', '[::1]:3100'])(
    'it answers to %s',
    async (host) => {
      expect(await ask({ host })).toBe(200)
    },
  )

  it.each([
    'evil.example',
    'localhost.evil.example:3100',
    '10.0.0.1',
    '',
    'evil@localhost',
    '1270.0.0.1',
  ])('it does not answer to "%s"', async (host) => {
    expect(await ask({ host })).toBe(403)
  })
})

it.each<[string, Record<string, string>, number]>([
  ['nothing', {}, 401],
  ['user and password', basic('ops:pä:ss'), 200],
  ['another password', basic('ops:pass'), 401],
  ['another user', basic('op:spä:ss'), 401],
  ['half of it', basic('ops'), 401],
  ['rubbish', { authorization: 'Basic %%%' }, 401],
  ['another scheme', { authorization: 'Bearer ops:pass' }, 401],
])('with credentials, %s', async (_what, headers, status) => {
  expect(await ask(headers, { credentials })).toBe(status)
  expect(await ask({ ...headers, host: 'board.example' }, { credentials, host: '0.0.0.0' })).toBe(
    status,
  )
})

describe('a request that changes something', () => {
  it.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another port', { 'sec-fetch-site': 'same-site', origin: 'http://localhost:9999' }],
    ['another site, by its origin alone', { origin: 'http://evil.example' }],
    ['nowhere that has a name', { origin: 'null' }],
  ])('is refused from %s', async (_what, headers) => {
    expect(await ask(headers, pause)).toBe(403)
  })

  it.each<[string, Record<string, string>]>([
    ['the page', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:3100' }],
    ['the page, by its origin alone', { origin: 'http://localhost:3100' }],
    ['no browser', {}],
  ])('is taken from %s', async (_what, headers) => {
    // The double cannot be paused, and says so: it was asked.
    expect(await ask(headers, pause)).not.toBe(403)
  })

  it('is refused when the board only shows', async () => {
    expect(await ask({}, { ...pause, readOnly: true })).toBe(405)
    expect(await ask({}, { readOnly: true })).toBe(200)
  })
})

it('nothing comes from elsewhere, and nothing is kept', async () => {
  const app = dashboardApp(options())
  const get = (path: string) =>
    app.fetch(new Request(`http://localhost/${path}`, { headers: { host: 'localhost' } }))
  const page = await get('')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
  expect(page.headers.get('x-frame-options')).toBe('DENY')
  const html = await page.text()
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
  expect(html).toContain('static/pikku.css')
  expect((await get('api/queues/email/job-data-schema')).headers.get('cache-control')).toBe(
    'no-store',
  )
})

describe('where it listens', () => {
  it.each(['0.0.0.0', '::', '192.168.0.7', 'board.example'])(
    'not at %s without credentials',
    async (host) => {
      await expect(serveDashboard({ ...options({ host }), port: 0 })).rejects.toMatchObject({
        code: errorCodes.openDashboard,
      })
    },
  )

  it('not on a port that is in use, and says so before the provider is opened', async () => {
    const first = await serveDashboard({ ...options(), port: 0 })
    const { port } = new URL(first.url)
    await expect(serveDashboard({ ...options(), port: Number(port) })).rejects.toMatchObject({
      code: errorCodes.cannotListen,
      message: `127.0.0.1:${port} is in use`,
    })
    await first.close()
    await expect(fetch(first.url)).rejects.toThrow()
  })
})

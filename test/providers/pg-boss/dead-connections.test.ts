import { expect, it, onTestFinished } from 'vitest'
import { databaseUrl, uniqueSchema } from '../../support/postgres.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { openProvider, sendOne } from './fixture.ts'

/** As many as pg-boss's pool holds. */
const allConnections = 10

it('connections that are dead, though nobody says so, are replaced', async () => {
  const url = new URL(databaseUrl())
  const proxy = await TcpProxy.start(Number(url.port))
  onTestFinished(() => proxy.close())
  url.port = String(proxy.port)
  const provider = await openProvider({ schema: uniqueSchema(), url: url.href, role: 'producer' })
  const id = await sendOne(provider)
  const lookOnAll = () =>
    Promise.allSettled(Array.from({ length: allConnections }, () => provider.find('jobs', id)))
  await lookOnAll()

  proxy.hang()
  const looks = lookOnAll()
  proxy.passAnew()
  const unreachable = { status: 'rejected', reason: { code: 'PKQ601' } }
  expect(await looks).toMatchObject(Array.from({ length: allConnections }, () => unreachable))
  expect(await provider.find('jobs', id)).toMatchObject({ id })
}, 40_000)

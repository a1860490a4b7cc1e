import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { databaseUrl, uniqueSchema } from '../../support/postgres.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { openProvider, sendOne, until } from './fixture.ts'

/** As many as pg-boss's pool holds. */
const allConnections = 10

it('connections that are dead, though nobody says so, are replaced', async () => {
  const url = new URL(databaseUrl())
  const proxy = await TcpProxy.start(Number(url.port))
  onTestFinished(() => proxy.close())
  url.port = String(proxy.port)
  const provider = await openProvider({ schema: uniqueSchema(), url: url.href, role: 'producer' })
  const id = await sendOne(provider)
  const askOnAll = () =>
    Promise.allSettled(Array.from({ length: allConnections }, () => provider.remove('jobs', 'no')))
  await askOnAll()

  proxy.hang()
  const answers = askOnAll()
  proxy.passAnew()
  const unreachable = { status: 'rejected', reason: { code: 'PKQ601' } }
  expect(await answers).toMatchObject(Array.from({ length: allConnections }, () => unreachable))
  expect(await provider.find('jobs', id)).toMatchObject({ id })
}, 40_000)

/** PostgreSQL's ErrorResponse, as a server sends it that is killed. */
const fatal = (() => {
  const fields = ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection', ''].join('\0')
  const body = Buffer.from(`${fields}\0`)
  const head = Buffer.alloc(5, 'E')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
})()
/** ReadyForQuery, outside a transaction: a new connection stands. */
const ready = Buffer.from('Z\u0000\u0000\u0000\u0005I', 'latin1')

it('a connection that ends in the moment it stands ends nothing else', async () => {
  const url = new URL(databaseUrl())
  const databasePort = Number(url.port)
  let ending = false
  const server = createServer((client) => {
    const upstream = connect(databasePort, '127.0.0.1')
    client.pipe(upstream)
    upstream.on('data', (chunk) => {
      const ends = ending && chunk.subarray(-ready.length).equals(ready)
      if (ends) client.end(Buffer.concat([chunk, fatal]))
      else client.write(chunk)
    })
    for (const end of [client, upstream]) {
      end.on('error', () => undefined)
      end.on('close', () => [client, upstream].forEach((other) => other.destroy()))
    }
    onTestFinished(() => void client.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const uncaught: unknown[] = []
  const note = (error: unknown) => void uncaught.push(error)
  process.on('uncaughtException', note)
  onTestFinished(() => void process.off('uncaughtException', note))

  const address = server.address()
  url.port = String(typeof address === 'object' && address?.port)
  const provider = await openProvider({ schema: uniqueSchema(), url: url.href, role: 'producer' })
  const id = await sendOne(provider)
  ending = true
  // More than stand already, so that new ones are made.
  const questions = Array.from({ length: allConnections }, () => provider.remove('jobs', 'no'))
  const results = await Promise.allSettled(questions)
  expect(results).toContainEqual(expect.objectContaining({ status: 'rejected' }))
  ending = false
  await until(() => provider.find('jobs', id).then(Boolean, () => false), 'connections that stand')
  expect(uncaught).toEqual([])
})

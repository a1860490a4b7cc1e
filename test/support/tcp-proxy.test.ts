import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { TcpProxy } from './tcp-proxy.ts'

/** A server that sends everything back, behind a proxy. */
async function echoBehindProxy() {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await TcpProxy.start((server.address() as AddressInfo).port)
  onTestFinished(async () => {
    await proxy.close()
    server.close()
  })
  return proxy
}

async function dial(proxy: TcpProxy) {
  const socket = connect(proxy.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let heard = ''
  const ended: Promise<string> = new Promise((resolve) => {
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : 'error'))
    socket.on('close', () => resolve('closed'))
  })
  socket.on('data', (bytes) => (heard += bytes.toString()))
  await Promise.race([once(socket, 'connect'), ended])
  return { socket, ended, heard: () => heard }
}

/** Whatever was on its way has arrived when this one has: it takes the same path, once around. */
async function settled(socket: Socket): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
  expect(socket.destroyed).toBe(false)
}

it('passes bytes on, both ways', async () => {
  const { socket, heard } = await dial(await echoBehindProxy())
  socket.write('one')
  await expect.poll(heard).toBe('one')
})

it('hangs: nothing is carried, nobody is told, and what waited arrives when it passes again', async () => {
  const proxy = await echoBehindProxy()
  const { socket, heard } = await dial(proxy)
  socket.write('one')
  await expect.poll(heard).toBe('one')
  proxy.hang()
  socket.write('two')
  const late = await dial(proxy)
  late.socket.write('late')
  await settled(socket)
  expect([heard(), late.heard()]).toEqual(['one', ''])
  proxy.pass()
  await expect.poll(() => [heard(), late.heard()]).toEqual(['onetwo', 'late'])
})

it('forgets what hung, and passes new connections', async () => {
  const proxy = await echoBehindProxy()
  const forgotten = await dial(proxy)
  proxy.hang()
  forgotten.socket.write('gone')
  proxy.passAnew()
  const anew = await dial(proxy)
  anew.socket.write('new')
  await expect.poll(anew.heard).toBe('new')
  await settled(forgotten.socket)
  expect(forgotten.heard()).toBe('')
})

it('cuts what stands and takes new connections; refuses both until it passes', async () => {
  const proxy = await echoBehindProxy()
  const first = await dial(proxy)
  first.socket.write('one')
  await expect.poll(first.heard).toBe('one')
  proxy.cut()
  expect(await first.ended).toBe('ECONNRESET')
  const second = await dial(proxy)
  proxy.refuse()
  expect(await second.ended).toBe('ECONNRESET')
  expect(await (await dial(proxy)).ended).toBe('ECONNRESET')
  proxy.pass()
  const third = await dial(proxy)
  third.socket.write('three')
  await expect.poll(third.heard).toBe('three')
  await expect.poll(() => proxy.connections).toBe(1)
})

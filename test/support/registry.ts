import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { repository } from './user-project.ts'

/**
 * A registry that has this package as if it were published, and sends whoever asks for another to the one
 * that npm is set up for, until the test has finished.
 * @param folder for the packed package
 * @returns its URL
 */
export async function startRegistry(folder: string): Promise<string> {
  const run = async (...args: string[]) =>
    (await promisify(execFile)('npm', args, { cwd: repository })).stdout
  const upstream = (await run('config', 'get', 'registry')).trim().replace(/\/$/, '')
  const packed = await run('pack', '--ignore-scripts', '--json', '--pack-destination', folder)
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
  const tarball = await readFile(join(folder, filename))
  const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
    name: string
    version: string
  }
  const { name, version } = manifest

  const server = createServer(({ url = '', headers: { host = '' } }, response) => {
    if (url === `/${name}`) {
      const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
      const dist = { integrity, tarball: `http://${host}/${name}.tgz` }
      response.setHeader('content-type', 'application/json')
      const versions = { [version]: { ...manifest, dist } }
      response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }))
    } else if (url === `/${name}.tgz`) {
      response.end(tarball)
    } else {
      response.writeHead(307, { location: upstream + url }).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}/`
}

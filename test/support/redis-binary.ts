import { join } from 'node:path'
import { findInstalled, unpackDebianPackages, unpackedLibraries } from './debian-packages.ts'

/** A Redis or Valkey server that can be started. */
export interface RedisBinary {
  command: string
  /** Where the libraries are that the system lacks. */
  libraries: string | undefined
  /** Where it was found, for people. */
  origin: string
}

/**
 * The server on the PATH; else, on Debian and Ubuntu, the distribution's, unpacked beside our
 * packages: nothing is installed.
 * @throws Error that says what to install.
 */
export async function findRedisBinary(): Promise<RedisBinary> {
  const installed = await findInstalled(['redis-server', 'valkey-server'])
  if (installed) return { command: installed, libraries: undefined, origin: installed }
  try {
    const folder = await unpackDebianPackages('pikku-test-redis', ['redis-server'])
    return await unpacked(join(folder, 'usr/bin/redis-server'), folder)
  } catch (error) {
    throw new Error(
      'the tests need a Redis: install redis-server (or valkey-server), or set REDIS_URL',
      { cause: error },
    )
  }
}

/** A Valkey from the PATH, or Debian's or Ubuntu's; undefined where neither has one. */
export async function findValkeyBinary(): Promise<RedisBinary | undefined> {
  const installed = await findInstalled(['valkey-server'])
  if (installed) return { command: installed, libraries: undefined, origin: installed }
  if (!(await findInstalled(['apt-get']))) return undefined
  try {
    const folder = await unpackDebianPackages('pikku-test-valkey', ['valkey-server'], {
      backports: true,
    })
    return await unpacked(join(folder, 'usr/bin/valkey-server'), folder)
  } catch (error) {
    if (String(error).includes('Unable to locate package')) return undefined
    throw error
  }
}

async function unpacked(command: string, folder: string): Promise<RedisBinary> {
  return { command, libraries: await unpackedLibraries(folder), origin: command }
}

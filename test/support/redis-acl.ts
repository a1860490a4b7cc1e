import type { Redis } from 'ioredis'

type Reply = string | number | null | Reply[]

/** Of a reply that lists names and values in turns. */
function pairs(reply: Reply | undefined): Map<string, Reply> {
  const list = Array.isArray(reply) ? reply : []
  return new Map(
    list.flatMap((name, index) =>
      index % 2 === 0 ? [[String(name), list[index + 1] ?? null]] : [],
    ),
  )
}

/** Commands that came after the version, as the server itself has it; subcommands are `name|sub`. */
async function newerThan(redis: Redis, version: string): Promise<string[]> {
  const docs = (await redis.call('COMMAND', 'DOCS')) as Reply
  const isNewer = (fields: Map<string, Reply>) =>
    String(fields.get('since')).localeCompare(version, 'en', { numeric: true }) > 0
  return [...pairs(docs)].flatMap(([name, reply]) => {
    const fields = pairs(reply)
    if (isNewer(fields)) return [name]
    return [...pairs(fields.get('subcommands'))]
      .filter(([, sub]) => isNewer(pairs(sub)))
      .map(([sub]) => sub)
  })
}

/**
 * Makes a user that has the commands of an older Redis alone, in scripts too.
 * @returns the commands that are refused to it
 */
export async function limitUser(
  redis: Redis,
  { name, password, version }: { name: string; password: string; version: string },
): Promise<string[]> {
  const newer = await newerThan(redis, version)
  const rules = newer.map((command) => `-${command}`)
  await redis.acl('SETUSER', name, 'on', `>${password}`, '~*', '&*', '+@all', ...rules)
  return newer
}

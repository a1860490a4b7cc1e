import { createHash, timingSafeEqual } from 'node:crypto'

/** Who may see the board. */
export interface Credentials {
  user: string
  password: string
}

/** Whether the header of HTTP basic authentication says them. It takes as long when it does not. */
export function saysCredentials(
  header: string | undefined,
  { user, password }: Credentials,
): boolean {
  const said = /^Basic +([\w+/]+=*) *$/i.exec(header ?? '')?.[1] ?? ''
  return isSame(Buffer.from(said, 'base64'), Buffer.from(`${user}:${password}`))
}

/** Of digests, since only what is equally long can be compared without telling more. */
function isSame(one: Buffer, other: Buffer): boolean {
  const [first, second] = [one, other].map((it) => createHash('sha256').update(it).digest())
  return first !== undefined && second !== undefined && timingSafeEqual(first, second)
}

import { createHash, randomUUID } from 'node:crypto'

/**
 * pg-boss knows jobs by UUID. A caller's own id becomes a UUID that is derived from queue and id, so
 * that adding it twice meets the same row; the id itself is kept beside it, in `singleton_key`
 * (which a queue of the standard policy does not look at).
 */
export interface JobKey {
  uuid: string
  /** The caller's own id, where it is not the UUID. */
  key: string | null
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Ours; changing it would make every caller's id a new job. */
const namespace = Buffer.from('6f0d6c2a4b1e5d0f9a5c2f1b7d3e8a64', 'hex')

export function toJobKey(queue: string, id: string): JobKey {
  if (!uuidPattern.test(id)) return { uuid: uuidFromName(`${queue}\n${id}`), key: id }
  const uuid = id.toLowerCase()
  return { uuid, key: uuid === id ? null : id }
}

/** The id that callers know the row by. A copy of a job keeps its key but is another job. */
export function toCallerId(queue: string, uuid: string, key: string | null): string {
  return key !== null && toJobKey(queue, key).uuid === uuid ? key : uuid
}

/** A UUIDv7: new rows are neighbours in the index. What is random in it comes from Node's cached UUIDs. */
export function makeJobId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

function uuidFromName(name: string): string {
  const hash = createHash('sha1').update(namespace).update(name).digest()
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | (5 << 4), 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = hash.toString('hex', 0, 16)
  const cuts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return [...cuts, hex.slice(20)].join('-')
}

import { randomUUID } from 'node:crypto'

/**
 * A job's id is part of its key in Redis. BullMQ allows neither a colon nor a whole number (its own
 * ids), a queue's other keys stand beside the jobs', and UTF-8 has no lone surrogates. What collides
 * is percent-encoded, so that the caller's id can be told from the key.
 */

/** The last part of a queue's own keys (BullMQ's queue-keys.js, 6.7). Those with a colon cannot collide. */
const reserved = new Set(
  [
    'active wait waiting-children paused id delayed prioritized stalled-check completed failed',
    'stalled repeat limiter meta events pc marker de metrics',
  ].flatMap((names) => names.split(' ')),
)

const unsafe = /[%:]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** The part of the key that the caller's id becomes. */
export function toKey(id: string): string {
  const escaped = id.replace(unsafe, encode)
  if (!/^-?\d+$/.test(escaped) && !reserved.has(escaped)) return escaped
  return encode(escaped.charAt(0)) + escaped.slice(1)
}

/** The id that callers know. A key that another producer made is its own id. */
export function toCallerId(key: string): string {
  // Nearly all are.
  if (!key.includes('%')) return key
  const id = key.replace(/%u([0-9A-F]{4})|%([0-9A-F]{2})/g, (_, unit?: string, byte?: string) =>
    String.fromCharCode(Number.parseInt(unit ?? byte ?? '', 16)),
  )
  return toKey(id) === key ? id : key
}

/** Where a job may be that callers know by this id: ours, or one that another producer made. */
export function candidateKeys(id: string): string[] {
  const key = toKey(id)
  const mayBeForeign = !reserved.has(id) && !id.includes(':') && toCallerId(id) === id
  return key === id || !mayBeForeign ? [key] : [key, id]
}

export function makeJobKey(): string {
  return randomUUID()
}

function encode(unit: string): string {
  const hex = unit.charCodeAt(0).toString(16).toUpperCase()
  return hex.length > 2 ? `%u${hex}` : `%${hex.padStart(2, '0')}`
}

/** Node's codes for a peer that cannot be reached or went away. */
export const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
])

/** The code of whatever was thrown, such as `ECONNREFUSED`; empty where it has none. */
export function codeOf(error: unknown): string {
  return partOf(error, 'code') ?? ''
}

export function messageOf(error: unknown): string {
  return partOf(error, 'message') ?? String(error)
}

/** Also of a plain copy: some libraries tell of errors by those. */
function partOf(error: unknown, key: 'code' | 'message'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const part: unknown = Reflect.get(error, key)
  return typeof part === 'string' ? part : undefined
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

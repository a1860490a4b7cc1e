// An import would have Node evaluate all that this offers, Web Crypto too, which takes longer than our hashing.
const crypto = process.getBuiltinModule('node:crypto')

/** Hash of a text, short enough to read. */
export function hash(text: string | Buffer): string {
  return crypto.hash('sha256', text, 'base64url').slice(0, 22)
}

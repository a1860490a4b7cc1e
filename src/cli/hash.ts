import * as crypto from 'node:crypto'

/** Hash of a text, short enough to read. */
export function hash(text: string | Buffer): string {
  return crypto.hash('sha256', text, 'base64url').slice(0, 22)
}

/** In place of the hash of a file that cannot be read: that it is not there is a fact too. */
export const noFile = '-'

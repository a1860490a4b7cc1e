import { isIP } from 'node:net'

/** Whether only this machine can connect to the address. */
export function isLoopback(host: string): boolean {
  const name = unbracketed(host).toLowerCase()
  if (isIP(name) === 4) return name.startsWith('127.')
  return name === 'localhost' || name === '::1'
}

/** The name in a Host header, or in an origin, without its port; null when there is none. */
export function hostName(text: string | undefined): string | null {
  const match = /^(\[[\da-f:.]+\]|[^:/?#@\s[\]]+)(?::\d+)?$/i.exec(text ?? '')
  return match?.[1]?.toLowerCase() ?? null
}

/** As it is written in a URL. */
export const urlHost = (host: string): string =>
  isIP(unbracketed(host)) === 6 ? `[${unbracketed(host)}]` : host

/** As it is written everywhere else. */
export const unbracketed = (host: string): string => host.replace(/^\[(.*)\]$/, '$1')

import { codeOf, firstLine, messageOf, networkCodes } from '../../error-parts.ts'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { Target } from './connection.ts'

/** What ioredis says without a code when a connection ends or cannot be made in time. */
const awayMessages =
  /Connection is closed|Stream isn't writeable|max retries per request|Socket timeout|connection close|ETIMEDOUT|startup nodes|slots cache|Cluster isn't ready|All nodes failed|max number of clients/i

/** Redis's own words for a server that cannot serve now: starting, failing over, out of reach. */
const awayReplies = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|UNBLOCKED)\b/

const certificateCodes =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/

/** The server is not there, or cannot serve, now: worth trying again. */
export function isAway(error: unknown): boolean {
  const message = messageOf(error)
  return networkCodes.has(codeOf(error)) || awayMessages.test(message) || awayReplies.test(message)
}

/** One line with a code and a hint for whatever Redis or the way to it objects to. Never a password. */
export function toConnectionError(error: unknown, target: Target): PikkuQueueError {
  if (error instanceof PikkuQueueError) return error
  const { server, tls } = target
  const code = codeOf(error)
  const message = firstLine(messageOf(error))
  const fail = (
    errorCode: (typeof errorCodes)[keyof typeof errorCodes],
    text: string,
    hint: string,
  ) => new PikkuQueueError(errorCode, text, { hint, cause: withoutCommand(error) })

  if (/^(NOAUTH|WRONGPASS)\b|invalid password/.test(message)) {
    return target.password === undefined
      ? fail(
          errorCodes.authentication,
          `Redis at ${server} wants a password`,
          'Write it into the address: redis://:password@host:6379.',
        )
      : fail(
          errorCodes.authentication,
          `Redis at ${server} refused the password of user "${target.username ?? 'default'}"`,
          'Check user and password; percent-encode special characters in the password.',
        )
  }
  if (certificateCodes.test(code)) {
    return fail(
      errorCodes.badConnection,
      `the certificate of Redis at ${server} is not trusted (${code})`,
      'Have Node know who signed it: NODE_EXTRA_CA_CERTS=/path/to/ca.pem.',
    )
  }
  if (tls && (code === 'EPROTO' || code.startsWith('ERR_SSL'))) {
    return fail(
      errorCodes.badConnection,
      `Redis at ${server} does not speak TLS`,
      'Write the address with redis:// instead of rediss://.',
    )
  }
  if (/^(Unknown RESP type|Protocol error)/.test(message)) {
    return fail(
      errorCodes.badConnection,
      `what answers at ${server} is no Redis`,
      'Is the port right? If it wants TLS, write the address with rediss://.',
    )
  }
  if (isAway(error)) {
    const hint = tls
      ? ' If it does not speak TLS, write the address with redis://.'
      : ' If it wants TLS, write the address with rediss://.'
    return fail(
      errorCodes.unreachable,
      `Redis at ${server} cannot be reached${reason(code, message)}`,
      `Is it running, and is the address right? It comes from REDIS_URL or the connection option.${hint}`,
    )
  }
  return fail(
    errorCodes.providerRefused,
    `Redis at ${server} refused: ${message}`,
    refusalHint(message),
  )
}

/** ioredis keeps the command with the error: jobs, or the password itself. */
function withoutCommand(error: unknown): unknown {
  if (!(error instanceof Error && 'command' in error)) return error
  return Object.assign(new Error(error.message), { name: error.name })
}

function refusalHint(message: string): string {
  if (message.startsWith('OOM')) return 'Its memory is full: raise maxmemory, or keep fewer jobs.'
  if (message.startsWith('MISCONF')) return 'It cannot write to its disk; its log says why.'
  if (message.startsWith('NOPERM')) {
    return 'Let its user run scripts on the keys of the prefix: ACL SETUSER name ~{pikku}:* +@all.'
  }
  return 'The message above is the server’s own.'
}

function reason(code: string, message: string): string {
  if (code) return ` (${code})`
  return message ? ` (${message})` : ''
}

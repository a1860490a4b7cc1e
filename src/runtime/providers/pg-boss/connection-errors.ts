import { codeOf, firstLine, messageOf, networkCodes } from '../../error-parts.ts'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { Target } from './connection.ts'

/** PostgreSQL's own: connection exceptions, shutting down, starting up, out of connections, read-only. */
const awayStates = /^(08...|57P0[1-3]|53300|25006)$/

/** What `pg` says without a code when a connection ends or cannot be made in time. */
const awayMessages =
  /Connection terminated|timeout expired|timeout exceeded when trying to connect|not queryable|Client was closed|did not answer within|LISTEN\/NOTIFY/

/** It answers, but takes no writes: a standby, or a primary on its way to become one. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === '25006'
}

/** The server is not there, now, or not for writes: worth trying again. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error)
  return networkCodes.has(code) || awayStates.test(code) || awayMessages.test(messageOf(error))
}

/** Two processes changed the same thing at once; the same statement may succeed now. */
export function isRace(error: unknown): boolean {
  return (
    ['40001', '40P01', '23505', '42P06', '42P07', '42710', '42723'].includes(codeOf(error)) ||
    messageOf(error).includes('tuple concurrently updated')
  )
}

/** The statement's own data cannot be stored, or not even be sent; trying again will not help. */
export function isDataError(error: unknown): boolean {
  return error instanceof RangeError || /^(22|23|54)...$/.test(codeOf(error))
}

/** One line with a code and a hint for whatever kept us from connecting. Never a password. */
export function toConnectionError(error: unknown, target: Target): PikkuQueueError {
  if (error instanceof PikkuQueueError) return error
  const code = codeOf(error)
  const fail = (
    errorCode: (typeof errorCodes)[keyof typeof errorCodes],
    text: string,
    hint: string,
  ) => new PikkuQueueError(errorCode, text, { hint, cause: error })

  if (isReadOnly(error)) {
    return fail(
      errorCodes.providerRefused,
      `PostgreSQL at ${target.server} is read-only`,
      'Is it a standby, or failing over? The queues need a server that takes writes.',
    )
  }
  if (isAway(error)) {
    return fail(
      errorCodes.unreachable,
      `PostgreSQL at ${target.server} cannot be reached${reason(error)}`,
      'Is it running, and is the address right? It comes from DATABASE_URL or the connection option.',
    )
  }
  if (code === '28P01' || code === '28000' || messageOf(error).startsWith('SASL')) {
    return fail(
      errorCodes.authentication,
      `PostgreSQL at ${target.server} refused the password of user "${target.user}"`,
      'Check user and password; percent-encode special characters in the password.',
    )
  }
  if (code === '3D000') {
    return fail(
      errorCodes.providerRefused,
      `PostgreSQL at ${target.server} has no database "${target.database}"`,
      `Create it: createdb ${target.database}`,
    )
  }
  if (code === '42501') {
    return fail(
      errorCodes.providerRefused,
      `user "${target.user}" may not use schema "${target.schema}" of ${target.address}`,
      `Let it create the schema once (GRANT CREATE ON DATABASE), or own schema "${target.schema}".`,
    )
  }
  return fail(
    errorCodes.providerRefused,
    `PostgreSQL at ${target.address} refused: ${firstLine(messageOf(error))}`,
    'The message above is the server’s own.',
  )
}

function reason(error: unknown): string {
  const code = codeOf(error)
  if (code === '53300') return ' (it has no connections left)'
  if (code) return ` (${code})`
  return messageOf(error) ? ` (${firstLine(messageOf(error))})` : ''
}

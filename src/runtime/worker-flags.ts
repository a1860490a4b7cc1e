import { parseArgs } from 'node:util'
import { errorCodes, PikkuQueueError } from './errors.ts'

/** What a worker that is run by itself says of its flags. */
export const workerUsage =
  'A worker takes --queues a,b, --tags a,b, --shutdown-timeout SECONDS, --create-queues, ' +
  '--health-port PORT and --health-host HOST.'

export interface WorkerFlags {
  queues: string[] | undefined
  tags: string[] | undefined
  shutdownTimeoutMs: number
  createQueues: boolean
  /** Says what there is, and runs nothing. */
  help: boolean
  /** Where probes and scrapes are answered; undefined: nowhere. */
  health: { port: number; host: string | undefined } | undefined
}

/**
 * Reads the worker's flags: the same for `pikku worker` and for a bootstrap that is run by itself.
 * @throws PikkuQueueError PKQ406 for an unknown flag or a value that cannot be.
 */
export function parseWorkerFlags(args: string[]): WorkerFlags {
  const values = parse(args)
  const timeout = values['shutdown-timeout']
  const seconds = Number(timeout)
  if (timeout.trim() === '' || !(seconds >= 0 && seconds <= 86_400)) {
    throw new PikkuQueueError(
      errorCodes.invalidOption,
      '--shutdown-timeout takes seconds, from 0 to 86400',
    )
  }
  return {
    queues: list('queues', values.queues),
    tags: list('tags', values.tags),
    shutdownTimeoutMs: seconds * 1000,
    createQueues: values['create-queues'],
    help: values.help,
    health: health(values['health-port'], values['health-host']),
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      // The name of the command.
      allowPositionals: true,
      options: {
        // The bootstrap has chosen already.
        provider: { type: 'string', short: 'p' },
        queues: { type: 'string', short: 'q' },
        tags: { type: 'string', short: 't' },
        'shutdown-timeout': { type: 'string', default: '30' },
        'create-queues': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        'health-port': { type: 'string' },
        'health-host': { type: 'string' },
      },
    }).values
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('. ') : []
    throw new PikkuQueueError(errorCodes.invalidOption, reason, {
      hint: workerUsage,
      cause: error,
    })
  }
}

function health(port: string | undefined, host: string | undefined): WorkerFlags['health'] {
  if (port === undefined) {
    if (host === undefined) return undefined
    throw new PikkuQueueError(errorCodes.invalidOption, '--health-host needs a --health-port')
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new PikkuQueueError(
      errorCodes.invalidOption,
      '--health-port takes a port, from 0 (a free one) to 65535',
    )
  }
  return { port: Number(port), host }
}

function list(flag: string, value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined
  const names = value.split(',').filter((name) => name !== '')
  if (names.length > 0) return names
  throw new PikkuQueueError(errorCodes.invalidOption, `--${flag} takes names, separated by commas`)
}

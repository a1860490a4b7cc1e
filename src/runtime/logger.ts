import type { Logger } from './types.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const
type Level = (typeof levels)[number]

const colours: Record<Level, string> = {
  debug: '\u001b[90m',
  info: '\u001b[36m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
}
const reset = '\u001b[0m'

export interface LoggerOptions {
  /** Least level that is printed; default: the environment's PIKKU_LOG_LEVEL, else `info`. */
  level?: Level | undefined
  /** Where lines go; default standard output. */
  write?: ((line: string) => void) | undefined
  colour?: boolean | undefined
}

/**
 * The logger a project gets that brings none of its own: one readable line a message, and where a detail
 * is a `stack`, its frames below.
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const least = levels.indexOf(options.level ?? levelFromEnvironment())
  const write = options.write ?? ((line: string) => void process.stdout.write(`${line}\n`))
  const colour = options.colour ?? (process.stdout.isTTY && !process.env.NO_COLOR)
  const log = (level: Level) => (message: string, details?: Record<string, unknown>) => {
    if (levels.indexOf(level) < least) return
    const time = new Date().toISOString().slice(11, 23)
    const name = level.padEnd(5)
    const label = colour ? `${colours[level]}${name}${reset}` : name
    write(`${time} ${label} ${message}${formatDetails(details)}`)
  }
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

/** A logger that passes on to another, which may be replaced while it is in use. */
export function relayLogger(target: Logger): Logger & { relayTo(logger: Logger): void } {
  const log = (level: Level) => (message: string, details?: Record<string, unknown>) => {
    target[level](message, details)
  }
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    relayTo(logger) {
      target = logger
    },
  }
}

function levelFromEnvironment(): Level {
  const asked = process.env.PIKKU_LOG_LEVEL
  return levels.find((level) => level === asked) ?? 'info'
}

function formatDetails(details: Record<string, unknown> | undefined): string {
  if (!details) return ''
  return Object.entries(details)
    .filter(([key, value]) => value !== undefined && key !== 'stack')
    .map(([key, value]) => ` ${key}=${formatValue(value)}`)
    .concat(formatFrames(details['stack']))
    .join('')
}

/** Without the message above them, which may be anything, and without what would steer a terminal. */
function formatFrames(stack: unknown): string[] {
  if (typeof stack !== 'string') return []
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return frames.map((line) => `\n    ${line.trim().replace(/\p{Cc}/gu, '')}`)
}

function formatValue(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message)
  if (typeof value === 'string') return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value)
  try {
    // undefined for a function or symbol, whatever its type says.
    const text: unknown = JSON.stringify(value)
    return typeof text === 'string' ? text : String(value)
  } catch {
    return String(value)
  }
}

import { createLogger } from './logger.ts'
import type { Logger } from './types.ts'

/** Of clients that are given none: their own words must not end up in what their program prints. */
export const clientLogger: Logger = createLogger({
  level: 'warn',
  write(line) {
    process.stderr.write(`${line}\n`)
  },
})

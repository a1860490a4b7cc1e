/** How much longer than usual the trials are: more jobs, more rounds. Given as `PIKKU_CHAOS`. */
export const factor = Number(process.env['PIKKU_CHAOS'] ?? 1)

if (!(factor >= 1)) throw new Error('PIKKU_CHAOS must be a number from 1 on')

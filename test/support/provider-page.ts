import type { Capabilities, OptionSupport } from '../../src/runtime/capabilities.ts'

/** The page with its tables of abilities and options as the capability table has them. */
export function withTables(page: string, can: Capabilities): string {
  const sections = {
    'What it can do': table(abilities(can)),
    'Worker options': `${table(options(can))}\nWhat each means is in [Options](../options.md).\n`,
  }
  return Object.entries(sections).reduce(
    (text, [heading, section]) =>
      text.replace(
        new RegExp(`^(## ${heading}\\n)[^]*?(?=\\n## )`, 'm'),
        (_, head: string) => `${head}\n${section}`,
      ),
    page,
  )
}

export type Row = readonly [string, string]

function abilities(can: Capabilities): Row[] {
  return [
    ['', ''],
    ['result of a job', yesNo(can.results)],
    ['status, counts, waiting for a job', yesNo(can.status)],
    ['progress', yesNo(can.progress)],
    ['`remove`', yesNo(can.remove)],
    ['`retry`', yesNo(can.retry)],
    ['`priority`', yesNo(can.priority)],
    ['`jobId`', yesNoOrFifo(can, 'jobId')],
    ['`group`', yesNoOrFifo(can, 'group')],
    ['`tx`', yesNo(can.transactions)],
    ['`delay`', delays(can)],
    [
      'largest job',
      can.maxJobBytes === Infinity ? 'no limit of its own' : `${can.maxJobBytes} bytes`,
    ],
    ['names of queues', `${can.queueNames.rule}; at most ${can.queueNames.maxLength} characters`],
  ]
}

/** How long a job may be delayed there. */
export function delays({ maxDelayMs, fifo }: Capabilities): string {
  const words = maxDelayMs === Infinity ? 'any' : `up to ${maxDelayMs / 1000} seconds`
  return fifo?.can.maxDelayMs === 0
    ? `${words}; not on queues that end in \`${fifo.suffix}\``
    : words
}

function options(can: Capabilities): Row[] {
  return [
    ['option', 'here'],
    ...Object.entries(can.options).map(([option, support]): Row => [
      `\`${option}\``,
      here(support),
    ]),
  ]
}

/** What an option does there, or what is there instead. */
export function here(support: OptionSupport): string {
  if (!support.supported) return `not supported: ${support.instead}`
  const { min, max } = support.limits ?? {}
  const bounds = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ]
  return [support.meaning, ...bounds].join(', ')
}

export const yesNo = (able: boolean): string => (able ? 'yes' : 'no')

/** What some backends can do on queues of strict order alone. */
export function yesNoOrFifo(can: Capabilities, ability: 'jobId' | 'group'): string {
  const { fifo } = can
  if (can[ability]) return 'yes'
  return fifo?.can[ability] ? `on queues that end in \`${fifo.suffix}\`` : 'no'
}

/** As Prettier formats it. */
export function table([head, ...rows]: readonly Row[]): string {
  const all = head ? [head, ...rows] : rows
  const widths = [0, 1].map((column) =>
    Math.max(3, ...all.map((row) => row[column === 0 ? 0 : 1].length)),
  )
  const line = (row: Row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [...(head ? [line(head)] : []), rule, ...rows.map(line), ''].join('\n')
}

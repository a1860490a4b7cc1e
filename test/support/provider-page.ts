import type { Capabilities, OptionSupport } from '../../src/runtime/capabilities.ts'

/** The page with its tables of abilities and options as the capability table has them. */
export function withTables(page: string, can: Capabilities): string {
  const tables = { 'What it can do': abilities(can), 'Worker options': options(can) }
  return Object.entries(tables).reduce(
    (text, [heading, rows]) =>
      text.replace(
        new RegExp(`^(## ${heading}\\n)[^]*?(?=\\n## )`, 'm'),
        (_, head: string) => `${head}\n${table(rows)}`,
      ),
    page,
  )
}

type Row = readonly [string, string]

function abilities(can: Capabilities): Row[] {
  const { fifo } = can
  const fifoOnly = (able: boolean | undefined) =>
    able && fifo ? `on queues that end in \`${fifo.suffix}\`` : 'no'
  return [
    ['', ''],
    ['result of a job', yesNo(can.results)],
    ['status, counts, waiting for a job', yesNo(can.status)],
    ['progress', yesNo(can.progress)],
    ['`remove`', yesNo(can.remove)],
    ['`retry`', yesNo(can.retry)],
    ['`priority`', yesNo(can.priority)],
    ['`jobId`', can.jobId ? 'yes' : fifoOnly(fifo?.can.jobId)],
    ['`group`', can.group ? 'yes' : fifoOnly(fifo?.can.group)],
    ['`tx`', yesNo(can.transactions)],
    ['`delay`', delays(can)],
    [
      'largest job',
      can.maxJobBytes === Infinity ? 'no limit of its own' : `${can.maxJobBytes} bytes`,
    ],
    ['names of queues', `${can.queueNames.rule}; at most ${can.queueNames.maxLength} characters`],
  ]
}

function delays({ maxDelayMs, fifo }: Capabilities): string {
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

function here(support: OptionSupport): string {
  if (!support.supported) return `not supported: ${support.instead}`
  const { min, max } = support.limits ?? {}
  const bounds = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ]
  return [support.meaning, ...bounds].join(', ')
}

const yesNo = (able: boolean) => (able ? 'yes' : 'no')

/** As Prettier formats it. */
function table([head, ...rows]: readonly Row[]): string {
  const all = head ? [head, ...rows] : rows
  const widths = [0, 1].map((column) =>
    Math.max(3, ...all.map((row) => row[column === 0 ? 0 : 1].length)),
  )
  const line = (row: Row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [...(head ? [line(head)] : []), rule, ...rows.map(line), ''].join('\n')
}

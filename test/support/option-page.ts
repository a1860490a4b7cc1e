import {
  type Capabilities,
  capabilities,
  type OptionSupport,
  type ProviderName,
  providerNames,
} from '../../src/runtime/capabilities.ts'
import type { JobOptions, WorkerOption } from '../../src/runtime/types.ts'
import {
  isWorkerOption,
  type OptionRule,
  resolveWorkerConfig,
  workerOptionRules,
} from '../../src/runtime/worker-options.ts'
import { delays, here, type Row, table, yesNo, yesNoOrFifo } from './provider-page.ts'

/** What a provider may not be able to do of a job's options; the others are the core's. */
const abilities: Partial<Record<keyof JobOptions, (can: Capabilities) => string>> = {
  jobId: (can) => yesNoOrFifo(can, 'jobId'),
  delay: delays,
  priority: (can) => yesNo(can.priority),
  group: (can) => yesNoOrFifo(can, 'group'),
  tx: (can) => yesNo(can.transactions),
}

/** The page with the table of each option as the sources have it: the first one of its section. */
export function withOptionTables(page: string): string {
  const [intro = '', workers = '', jobs = ''] = page.split(/^(?=## )/m)
  return [
    intro,
    withTables(workers, (option) => (isWorkerOption(option) ? rowsOf(option) : undefined)),
    withTables(jobs, (option, rows) => {
      const ability = abilities[option as keyof JobOptions]
      const known = rows.filter(([name]) => name === 'type' || name === 'default')
      return [...known, ...onProviders((name) => ability?.(capabilities[name]) ?? 'yes')]
    }),
  ].join('')
}

/** The options that a part of the page has sections of. */
export function optionsOf(page: string, part: 'Worker options' | 'Job options'): string[] {
  const text = page.split(/^## /m).find((section) => section.startsWith(part)) ?? ''
  return [...text.matchAll(/^### (\w+)$/gm)].map(([, option = '']) => option)
}

function withTables(
  part: string,
  rowsFor: (option: string, rows: readonly Row[]) => Row[] | undefined,
): string {
  return part
    .split(/^(?=### )/m)
    .map((section) => {
      const [, option = ''] = /^### (\w+)\n/.exec(section) ?? []
      return section.replace(/(?:^\|.*\n)+/m, (old) => {
        const rows = rowsFor(option, rowsIn(old))
        return rows ? table([['', ''], ...rows]) : old
      })
    })
    .join('')
}

function rowsIn(text: string): Row[] {
  return [...text.matchAll(/^\| *(\S.*?) *\| *(.*?) *\|$/gm)].flatMap(
    ([, name = '', words = '']) => (name.startsWith('-') ? [] : [[name, words] as const]),
  )
}

function rowsOf(option: WorkerOption): Row[] {
  const rule = workerOptionRules[option]
  return [
    ['type', typeOf(rule)],
    ['default', defaultOf(option)],
    ...onProviders((name) => {
      const support: OptionSupport = capabilities[name].options[option]
      return here(support)
    }),
  ]
}

/** One row where all are the same. */
function onProviders(wordsOf: (name: ProviderName) => string): Row[] {
  const rows = providerNames.map((name): Row => [`\`${name}\``, wordsOf(name)])
  const [[, first] = ['', '']] = rows
  return rows.every(([, words]) => words === first) ? [['every provider', first]] : rows
}

function typeOf(rule: OptionRule): string {
  if (rule.type === 'backoff') return '`BackoffOptions`'
  if (!('min' in rule)) return `\`${rule.type}\``
  const kind = rule.type === 'integer' ? 'a whole number' : (rule.unit ?? 'a number')
  return `\`number\`: ${kind} from ${rule.min} to ${rule.max}`
}

const defaults = resolveWorkerConfig('', {})

function defaultOf(option: WorkerOption): string {
  if (option === 'name') return "the queue's name"
  if (option === 'prefetch') return 'adapts to how fast jobs end'
  const value = defaults[option]
  if (value === undefined) return 'none'
  if (typeof value !== 'object') return `\`${String(value)}\``
  return `\`{ type: '${value.type}', delay: ${String(value.delay)} }\``
}

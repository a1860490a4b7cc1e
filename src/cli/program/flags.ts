import { posix } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { isProviderName, providerNames, type ProviderName } from '../../runtime/capabilities.ts'

export const providerHelp = `one of ${providerNames.join(', ')}`

export function provider(name: string): ProviderName {
  if (isProviderName(name)) return name
  throw new InvalidArgumentError(
    `There is no such provider; choose one of: ${providerNames.join(', ')}.`,
  )
}

export const providerList = (names: string, previous: ProviderName[] = []) => [
  ...previous,
  ...names.split(',').map(provider),
]

export function below(folder: string): string {
  const way = posix.normalize(folder.replaceAll('\\', '/'))
  if (!/^(\/|\.\.(\/|$)|[a-z]:)/i.test(way)) return way
  throw new InvalidArgumentError('It takes a folder of the project, relative to where you are.')
}

/** The worker reads it again, as one that is run without us has to. */
export function seconds(value: string): string {
  if (value.trim() !== '' && Number(value) >= 0 && Number(value) <= 86_400) return value
  throw new InvalidArgumentError('It takes seconds, from 0 to 86400.')
}

/** As `seconds`: the worker reads it again. */
export function port(value: string): string {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return value
  throw new InvalidArgumentError('It takes a port, from 0 (a free one) to 65535.')
}

/** The last line of a command's help; its page in docs/commands/ has the same codes. */
export function exitCodes(...codes: string[]): string {
  return `\nExit codes: ${codes.join(' · ')}.`
}

export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`
}

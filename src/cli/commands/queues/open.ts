import type { ProviderName } from '../../../runtime/capabilities.ts'
import type { PathPattern } from '../../../dashboard/path-pattern.ts'
import { chooseProvider } from '../../../runtime/choose-provider.ts'
import type { Contracts } from '../../../runtime/contract.ts'
import { declareContracts } from '../../../runtime/declare-queues.ts'
import { errorCodes, PikkuQueueError } from '../../../runtime/errors.ts'
import type { QueueProvider } from '../../../runtime/provider.ts'
import { readConfig } from '../../config/read-config.ts'
import { type Streams, terminal } from '../../init/questions.ts'
import { loadProvider } from '../../load-provider.ts'
import { readContracts } from '../../read-contracts.ts'
import { type Output, reportDiagnostics, reportLine } from '../../report.ts'

export interface QueuesFlags {
  provider?: ProviderName
  json?: boolean
  yes?: boolean
  /** Where the command runs. Default: this process. */
  at?: Surroundings
}

/** `process` is such. */
export interface Surroundings extends Streams {
  cwd(): string
  stderr: Output
}

export type ExitCode = 0 | 1 | 2

type Work = (
  provider: QueueProvider,
  contracts: Contracts,
  redact: readonly PathPattern[],
) => Promise<ExitCode>

/** Has the work done on the project's queues, as they were last generated. */
export async function withQueues(flags: QueuesFlags, work: Work): Promise<ExitCode> {
  const { at = process } = flags
  const output = at.stderr
  const { config, root, diagnostics } = readConfig(at.cwd())
  if (!config) return reportDiagnostics(diagnostics, { root, output })
  const contracts = readContracts(root, config.outDir)
  if ('code' in contracts) return reportDiagnostics([contracts], { root, output })
  const { name } = chooseProvider({
    asked: flags.provider,
    configured: config.provider,
    environment: process.env,
  })
  const provider = await loadProvider(name, {
    role: 'producer',
    applicationName: 'pikku queues',
    settings: config.connection[name],
    logger: troubleOnly,
  })
  try {
    await provider.open(declareContracts(contracts))
    return await work(provider, contracts, config.dashboard.redact)
  } finally {
    await provider.close(1_000)
  }
}

/**
 * Asks before something is destroyed.
 * @returns undefined to go ahead, else the exit code: 2 when nobody can be asked, 1 for a no.
 */
export async function confirm(flags: QueuesFlags, question: string): Promise<1 | 2 | undefined> {
  if (flags.yes) return undefined
  const { at = process } = flags
  const ask = terminal(at)
  if (!ask) {
    reportLine(`error: ${question}\n  Nobody can be asked here: say --yes.`, at.stderr)
    return 2
  }
  const answer = await ask(`${question} (y/N) `)
  if (answer !== null && /^y(es)?$/i.test(answer.trim())) return undefined
  reportLine('nothing was changed', at.stdout)
  return 1
}

export function notSupported({ capabilities }: QueueProvider, what: string): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.notSupported,
    `${what} is not supported on ${capabilities.label}`,
    { hint: 'Its own tools may help, or another provider; see docs/commands/queues.md.' },
  )
}

/** Says what was done: a sentence for people, the data for programs. */
export function say({ json, at = process }: QueuesFlags, sentence: string, data: object): void {
  reportLine(json ? JSON.stringify(data, null, 2) : sentence, at.stdout)
}

const nothing = () => undefined
const complain = (message: string) => {
  reportLine(message, process.stderr)
}
/** Lost connections and the like. */
const troubleOnly = { debug: nothing, info: nothing, warn: complain, error: complain }

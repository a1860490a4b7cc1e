import { parsePathPattern, type PathPattern } from '../../dashboard/path-pattern.ts'
import { serveDashboard, type Dashboard } from '../../dashboard/server.ts'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { chooseProvider } from '../../runtime/choose-provider.ts'
import { errorCodes, PikkuQueueError } from '../../runtime/errors.ts'
import { readConfig } from '../config/read-config.ts'
import { loadProvider } from '../load-provider.ts'
import { readContracts } from '../read-contracts.ts'
import { reportDiagnostics, reportFailure, reportLine } from '../report.ts'
import { onStopSignals } from '../stop-signals.ts'

export interface DashboardFlags {
  cwd: string
  provider?: ProviderName
  /** Default 3100. */
  port?: number
  /** Default 127.0.0.1. */
  host?: string
  /** Default pikku. */
  user?: string
  readOnly?: boolean
  redact?: string[]
}

/** Serves the dashboard until it is told to stop. @returns the exit code. */
export async function dashboard(flags: DashboardFlags): Promise<0 | 1 | 2> {
  const { config, root, diagnostics } = readConfig(flags.cwd)
  if (!config) return reportDiagnostics(diagnostics, { root })
  const redact = patternsOf(flags.redact ?? [])
  if ('wrong' in redact) return wrongUsage(`"${redact.wrong}" is no path of a property: user.email`)
  const password = process.env['PIKKU_DASHBOARD_PASSWORD']
  if (flags.user !== undefined && !password) {
    return wrongUsage('--user needs a password, in the variable PIKKU_DASHBOARD_PASSWORD')
  }
  const contracts = readContracts(root, config.outDir)
  if ('code' in contracts) return reportDiagnostics([contracts], { root })

  const { name } = chooseProvider({
    asked: flags.provider,
    configured: config.provider,
    environment: process.env,
  })
  const provider = await loadProvider(name, {
    role: 'producer',
    applicationName: 'pikku dashboard',
    settings: config.connection[name],
    logger: troubleOnly,
  })
  let served: Dashboard | undefined
  try {
    served = await serveDashboard({
      provider,
      contracts,
      redact: [...config.dashboard.redact, ...redact.patterns],
      readOnly: flags.readOnly ?? false,
      host: flags.host ?? '127.0.0.1',
      port: flags.port ?? 3100,
      credentials: password ? { user: flags.user ?? 'pikku', password } : undefined,
    })
    reportLine(`${served.url} shows the queues on ${provider.capabilities.label}`)
    await toldToStop()
    return 0
  } catch (error) {
    const isUsage = error instanceof PikkuQueueError && error.code === errorCodes.openDashboard
    const exitCode = reportFailure(error)
    return isUsage ? 2 : exitCode
  } finally {
    await served?.close()
    await provider.close(1000)
  }
}

function patternsOf(paths: readonly string[]): { patterns: PathPattern[] } | { wrong: string } {
  const patterns: PathPattern[] = []
  for (const path of paths) {
    const pattern = parsePathPattern(path)
    if (pattern === null) return { wrong: path }
    patterns.push(pattern)
  }
  return { patterns }
}

function wrongUsage(message: string): 2 {
  reportLine(`error: ${message}`, process.stderr)
  return 2
}

/** Resolves at the first signal to stop; a second one ends the process at once. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    onStopSignals(resolve, () => process.exit(130))
  })
}

const nothing = () => undefined
const complain = (message: string) => {
  reportLine(message, process.stderr)
}

/** Lost connections and the like. */
const troubleOnly = { debug: nothing, info: nothing, warn: complain, error: complain }

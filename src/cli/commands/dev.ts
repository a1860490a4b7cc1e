import type { ProviderName } from '../../runtime/capabilities.ts'
import { chooseProvider } from '../../runtime/choose-provider.ts'
import { findRoot } from '../config/find-root.ts'
import { readConfig } from '../config/read-config.ts'
import { forgetBundle } from '../dev/bundle.ts'
import { checkAddress } from '../dev/check-address.ts'
import { DashboardProcess } from '../dev/dashboard.ts'
import { holdEngine } from '../dev/engine.ts'
import { prefixedOutput } from '../dev/prefixed-output.ts'
import { describeChanges } from '../dev/describe-changes.ts'
import { Rebuilder } from '../dev/rebuild.ts'
import { Supervisor } from '../dev/supervisor.ts'
import { cannotWatch } from '../diagnostics.ts'
import { isInstallation } from '../project-files.ts'
import { reportDiagnostics, reportLine } from '../report.ts'
import { onStopSignals } from '../stop-signals.ts'
import type { Changes } from '../watch/pending-changes.ts'
import { watchFiles } from '../watch/watch-files.ts'

export interface DevOptions {
  cwd: string
  /** Default: as a worker chooses. */
  provider: ProviderName | undefined
  /** The dashboard's; null: none is started. */
  port: number | null
  /** Seconds for running jobs to finish when there is a new worker. */
  shutdownTimeout: number
}

/**
 * `pikku dev`: generates, runs the worker and the dashboard, and does so again whenever something has
 * changed. What is wrong with the project is printed, and what ran before goes on.
 * @returns the exit code: 0 after a signal, 130 when a second one cut the end short
 * @throws PikkuQueueError when the address of the server is none, or the embedded engine cannot start.
 */
export async function dev(options: DevOptions): Promise<0 | 1 | 130> {
  const { cwd, provider: asked, port, shutdownTimeout } = options
  const { config, root, diagnostics } = readConfig(cwd)
  if (findRoot(cwd) === null) return reportDiagnostics(diagnostics, { root })
  const configured = config?.provider
  const { name: provider } = chooseProvider({ asked, configured, environment: process.env })

  await checkAddress(provider, config?.connection[provider])

  const outputOf = (source: string) => prefixedOutput(source, process.stdout)
  const output = outputOf('generate')
  const rebuilder = new Rebuilder(cwd, asked, output)
  const isHopeless = () => rebuilder.lacksPackages
  const supervisor = new Supervisor({ shutdownTimeout, output: outputOf('worker'), isHopeless })
  const dashboard =
    port === null ? null : new DashboardProcess({ port, output: outputOf('dashboard'), isHopeless })

  const end = new AbortController()
  let exitCode: 0 | 130 = 0
  onStopSignals(
    () => {
      reportLine('stopping; again to quit at once', outputOf('dev'))
      end.abort()
      void supervisor.stop()
    },
    () => {
      exitCode = 130
      supervisor.kill()
      dashboard?.kill()
    },
  )

  let lastHash = ''
  const onChange = async (changes: Changes) => {
    const { bundle, isContractNew, reached } = await rebuilder.rebuild(changes)
    const { view } = rebuilder
    // Whatever else is wrong: what is to be hidden from now on must not stay in sight.
    if (view && (bundle !== null || isContractNew || dashboard?.isShown)) {
      dashboard?.show(view, isContractNew)
    }
    if (bundle === null) {
      const state = supervisor.isAtWork ? 'the worker goes on as it is' : 'there is no worker yet'
      reportLine(`${state}; waiting for a change`, output)
      return reached
    }
    // Packages that the worker has loaded may be others now.
    if (bundle.hash === lastHash && supervisor.isAtWork && !changes.paths.some(isInstallation)) {
      await forgetBundle(bundle)
    } else {
      lastHash = bundle.hash
      supervisor.replace(bundle.file, describeChanges(root, changes.paths))
    }
    return reached
  }

  const letGo =
    provider === 'embedded'
      ? await holdEngine(config?.connection.embedded, outputOf('engine'))
      : undefined
  try {
    await watchFiles({
      root,
      outDir: () => rebuilder.outDir ?? config?.outDir ?? '.pikku',
      onChange,
      onTrouble: (error) => {
        reportDiagnostics([cannotWatch(error)], { root, output })
      },
      signal: end.signal,
    })
  } finally {
    await supervisor.stop()
    await dashboard?.stop()
    await letGo?.()
  }
  return exitCode
}

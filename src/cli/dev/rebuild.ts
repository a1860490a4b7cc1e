import { join } from 'node:path'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { chooseProvider } from '../../runtime/choose-provider.ts'
import { bootstrapOf } from '../bootstraps.ts'
import { reportRun } from '../commands/report-run.ts'
import { type ProjectConfig, readConfig } from '../config/read-config.ts'
import { LiveProject } from '../live-project.ts'
import { isWalked, mayMatter } from '../project-files.ts'
import { packagesOf } from '../provider-install.ts'
import { nothingReached, type Reached } from '../reached.ts'
import { reportDiagnostics, type Output, reportLine } from '../report.ts'
import type { Changes } from '../watch/pending-changes.ts'
import { bundleAgain, type WorkerBundle } from './bundle.ts'
import type { DashboardView } from './dashboard.ts'

/** What came of a change. */
export interface Rebuilt {
  /** Null when something is wrong, or there is nothing to run; it has been said. */
  bundle: WorkerBundle | null
  /** Have the queues changed, or what is said of them? */
  isContractNew: boolean
  /** What it depends on, where the project's folders do not lead. */
  reached: Reached
}

/** Generates and bundles the project, again and again; says what it does and what is wrong. */
export class Rebuilder {
  readonly root: string
  readonly #cwd: string
  readonly #asked: ProviderName | undefined
  readonly #output: Output
  #live: { project: LiveProject; config: ProjectConfig; provider: ProviderName } | null = null

  /** @param cwd absolute; the project is the one it is in */
  constructor(cwd: string, asked: ProviderName | undefined, output: Output) {
    this.root = readConfig(cwd).root
    this.#cwd = cwd
    this.#asked = asked
    this.#output = output
  }

  get outDir(): string | undefined {
    return this.#live?.config.outDir
  }

  /** What the dashboard is to show; undefined while the configuration cannot be read. */
  get view(): DashboardView | undefined {
    if (this.#live === null) return undefined
    const { provider, config } = this.#live
    const { outDir, dashboard, connection } = config
    return { provider, settings: JSON.stringify([outDir, dashboard, connection[provider]]) }
  }

  /** Are packages that the provider runs on not installed? */
  get lacksPackages(): boolean {
    if (this.#live === null) return false
    return packagesOf(this.#live.provider, this.root).some(({ version }) => version === null)
  }

  async rebuild({ paths, isWhole }: Changes): Promise<Rebuilt> {
    const startedAt = performance.now()
    if (isWhole || this.#live === null) this.#readConfig()
    if (this.#live === null) return { bundle: null, isContractNew: false, reached: nothingReached }

    const { project, config, provider } = this.#live
    const { root } = this
    const output = this.#output
    const result = await project.generate(paths)
    const { reached } = project
    const after = ` (${Math.round(performance.now() - startedAt)} ms)`
    const told = { root, quiet: false, stdout: output, stderr: output, after }
    const isContractNew = result.changed.some((path) => path.endsWith('pikku-contracts.gen.json'))
    if (reportRun(result, told) !== 0 || result.queues.length === 0) {
      return { bundle: null, isContractNew, reached }
    }
    const entry = join(root, bootstrapOf(config, provider))
    const bundle = await bundleAgain(root, entry, join(root, config.tsconfig))
    if ('diagnostics' in bundle) {
      reportDiagnostics(bundle.diagnostics, { root, output })
      return { bundle: null, isContractNew, reached }
    }
    const generated = new Set([...result.changed, ...result.unchanged].map((it) => join(root, it)))
    const others = bundle.sources
      .filter((path) => !isWalked(root, path) || !mayMatter(path))
      .filter((path) => !generated.has(path))
    return { bundle, isContractNew, reached: { ...reached, found: [...reached.found, ...others] } }
  }

  #readConfig(): void {
    const { config, diagnostics } = readConfig(this.#cwd)
    const former = this.#live?.provider
    this.#live = null
    if (config === null) {
      reportDiagnostics(diagnostics, { root: this.root, output: this.#output })
      return
    }
    const { name, because } = chooseProvider({
      asked: this.#asked,
      configured: config.provider,
      environment: process.env,
    })
    if (name !== former) reportLine(`for ${name} (${because})`, this.#output)
    this.#live = {
      project: new LiveProject(config, { providers: [], run: name }),
      config,
      provider: name,
    }
  }
}

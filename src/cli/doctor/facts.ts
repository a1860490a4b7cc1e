import type { ProviderName } from '../../runtime/capabilities.ts'
import { chooseProvider, type ProviderChoice } from '../../runtime/choose-provider.ts'
import { type ConfigReading, type ProjectConfig, readConfig } from '../config/read-config.ts'
import type { Diagnostic } from '../diagnostic.ts'
import { type PackageManager, packageManager } from '../init/package-manager.ts'
import type { ProjectModel } from '../model.ts'

/** What the checks look at. */
export interface Facts {
  /** The project's folder; absolute. */
  root: string
  /** Null when it is broken: then there is little else to look at. */
  config: ProjectConfig | null
  configDiagnostics: readonly Diagnostic[]
  /** The provider in question. */
  provider: ProviderChoice
  manager: PackageManager
  /** Scans the project; once, whoever asks. */
  scan: () => Promise<Scan>
}

export interface Scan {
  /** Null when the sources cannot be read. */
  model: ProjectModel | null
  diagnostics: Diagnostic[]
}

/** @throws PikkuQueueError as `chooseProvider`. */
export function gatherFacts(
  cwd: string,
  asked: ProviderName | undefined,
  environment: NodeJS.ProcessEnv,
): Facts {
  // What the project itself is generated for, whatever provider it is examined for.
  const reading = readConfig(cwd)
  let scanning: Promise<Scan> | undefined
  return {
    root: reading.root,
    config: reading.config,
    configDiagnostics: reading.diagnostics,
    provider: chooseProvider({ asked, configured: reading.config?.provider, environment }),
    manager: packageManager(reading.root, environment),
    scan: () => (scanning ??= scanProject(reading)),
  }
}

async function scanProject({ config, diagnostics }: ConfigReading): Promise<Scan> {
  if (config === null) return { model: null, diagnostics }
  const { ProjectScanner } = await import('../scan-and-render.ts')
  return new ProjectScanner(config).scan(undefined)
}

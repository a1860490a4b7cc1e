import type { ProviderName } from '../runtime/capabilities.ts'
import type { ProjectConfig } from './config/read-config.ts'
import { build, type PipelineResult } from './pipeline.ts'
import { ProjectScanner } from './scan-and-render.ts'
import type { Memory } from './scan/unit.ts'

/**
 * A project that is generated again and again: what it has parsed and found is kept, and what a change
 * does not reach is not looked at again.
 */
export class LiveProject {
  readonly #config: ProjectConfig
  readonly #asked: { providers: readonly ProviderName[]; run?: ProviderName }
  readonly #scanner: ProjectScanner
  #memory: Memory | undefined
  #outside: string[] = []

  /** @param asked providers besides the configured ones, or the one that the project is run on */
  constructor(
    config: ProjectConfig,
    asked: { providers: readonly ProviderName[]; run?: ProviderName },
  ) {
    this.#config = config
    this.#asked = asked
    this.#scanner = new ProjectScanner(config)
  }

  /** Files that it depends on and that are not below its root; absolute. */
  get outside(): readonly string[] {
    return this.#outside
  }

  /**
   * scan → check → render → write.
   * @param changed files with another text than the last time; absolute. None may be new or gone.
   */
  async generate(changed: readonly string[]): Promise<PipelineResult> {
    this.#scanner.changed(changed)
    const scan = this.#scanner.scan(this.#memory)
    this.#memory = scan.memory
    this.#outside = scan.outside()
    return await build(this.#config, scan, { ...this.#asked, check: false })
  }
}

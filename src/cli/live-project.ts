import type { ProviderName } from '../runtime/capabilities.ts'
import type { ProjectConfig } from './config/read-config.ts'
import { build, type PipelineResult } from './pipeline.ts'
import { nothingReached, type Reached } from './reached.ts'
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
  #reached = nothingReached

  /** @param asked providers besides the configured ones, or the one that the project is run on */
  constructor(
    config: ProjectConfig,
    asked: { providers: readonly ProviderName[]; run?: ProviderName },
  ) {
    this.#config = config
    this.#asked = asked
    this.#scanner = new ProjectScanner(config)
  }

  /** What the last run came upon where the project's folders do not lead. */
  get reached(): Reached {
    return this.#reached
  }

  /**
   * scan → check → render → write.
   * @param changed files with another text than the last time; absolute. None may be new or gone.
   */
  async generate(changed: readonly string[]): Promise<PipelineResult> {
    this.#scanner.changed(changed)
    const scan = this.#scanner.scan(this.#memory)
    this.#memory = scan.memory
    this.#reached = scan.reached()
    return await build(this.#config, scan, { ...this.#asked, check: false })
  }
}

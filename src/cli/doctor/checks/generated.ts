import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { providerNames } from '../../../runtime/capabilities.ts'
import { warning } from '../../../runtime/findings.ts'
import { type ProjectConfig, readConfig } from '../../config/read-config.ts'
import { isError } from '../../diagnostic.ts'
import { build } from '../../pipeline.ts'
import type { Facts } from '../facts.ts'
import { type CheckFinding, fromDiagnostics } from '../finding.ts'

/** Are the generated files as the sources say, for the providers that the project is generated for? */
export async function checkGenerated({ config, scan }: Facts): Promise<CheckFinding[]> {
  const wanted = config && withWorkersOf(config)
  if (wanted === null) return []
  const options = { providers: wanted.providers, check: true }
  const { diagnostics } = await build(wanted, await scan(), options)
  const stale = diagnostics.filter(({ code }) => code === 'PKQ009')
  if (stale.length === 0 && diagnostics.some(isError)) {
    return [
      warning(
        'whether generated files are up to date cannot be told',
        'Mend the errors above first.',
      ),
    ]
  }
  return fromDiagnostics(stale, 'generated files are up to date')
}

/** As it is configured, and for whatever a worker has run on: that may be up to the environment alone. */
function withWorkersOf({ root, outDir, provider }: ProjectConfig): ProjectConfig | null {
  const used = providerNames.filter((name) =>
    existsSync(join(root, outDir, `pikku-worker.${name}.gen.ts`)),
  )
  return readConfig(root, provider === undefined ? used : [provider, ...used]).config
}

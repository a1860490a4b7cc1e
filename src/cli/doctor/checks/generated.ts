import { warning } from '../../../runtime/findings.ts'
import { isError } from '../../diagnostic.ts'
import { build } from '../../pipeline.ts'
import type { Facts } from '../facts.ts'
import { type CheckFinding, fromDiagnostics } from '../finding.ts'

/** Are the generated files as the sources say? As `pikku generate --check` has it. */
export async function checkGenerated({ config, scan }: Facts): Promise<CheckFinding[]> {
  if (config === null) return []
  const { diagnostics } = await build(config, await scan(), { providers: [], check: true })
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

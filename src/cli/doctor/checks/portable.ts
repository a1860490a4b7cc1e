import { capabilities } from '../../../runtime/capabilities.ts'
import { count } from '../../report.ts'
import type { Facts } from '../facts.ts'
import { type CheckFinding, fromDiagnostics } from '../finding.ts'

/** Does the project ask for what the provider cannot do? What `pikku generate` would say of it. */
export async function checkPortable({ config, provider, scan }: Facts): Promise<CheckFinding[]> {
  if (config === null) return []
  const { checkProject } = await import('../../check/check-project.ts')
  const { model, diagnostics } = await scan()
  const rules = model ? checkProject(model, [provider.name], diagnostics) : []
  const { label } = capabilities[provider.name]
  return fromDiagnostics(
    [...diagnostics, ...rules],
    `${count(model?.queues.length ?? 0, 'queue')}, and nothing that ${label} cannot do`,
  )
}

import { capabilities, type Capabilities } from '../../../runtime/capabilities.ts'
import { optionNeeds } from '../../../runtime/client-needs.ts'
import { errorCodes } from '../../../runtime/errors.ts'
import { error, ok } from '../../../runtime/findings.ts'
import { inOrder } from '../../diagnostic.ts'
import type { ClientUse } from '../../scan/client-uses.ts'
import type { Facts } from '../facts.ts'
import type { CheckFinding } from '../finding.ts'

/** Does whoever adds jobs ask for what a client of the provider cannot do? */
export async function checkClients({ config, provider, scan }: Facts): Promise<CheckFinding[]> {
  const { model } = await scan()
  if (config === null || model === null) return []
  const { findClientUses } = await import('../../scan-and-render.ts')
  const of: Capabilities = capabilities[provider.name]
  const uses = findClientUses(config, model, { provider: provider.name, capabilities: of })
  if (uses.length === 0) return [ok(`clients ask for nothing that ${of.label} cannot do`)]
  return inOrder(uses.map(({ location, what }) => ({ ...inWords(what, of), location })))
}

function inWords(what: ClientUse['what'], { label, fifo }: Capabilities): CheckFinding {
  if ('member' in what) {
    return error(
      `"${what.member}" of a client is not supported on ${label}`,
      'Have the function store what has to be known of a job, or choose another provider.',
      errorCodes.notSupported,
    )
  }
  if ('option' in what) {
    const { option } = what
    return error(
      `the job option "${option}" is not supported on ${label}`,
      isOnFifo(option, fifo)
        ? `Queues whose names end in ${fifo?.suffix ?? ''} have it.`
        : 'Leave it out, or choose another provider.',
      errorCodes.notSupported,
    )
  }
  if ('delayMs' in what) {
    return error(
      `a delay of ${what.delayMs} ms: ${label} takes at most ${what.mostMs} on this queue`,
      'Add the job later, or have its function add it again.',
      errorCodes.invalidOption,
    )
  }
  return error(
    `this does not fit a client of ${label}: ${what.reason}`,
    'Ask of the client only what it can do there, or choose another provider.',
    errorCodes.notSupported,
  )
}

function isOnFifo(option: string, fifo: Capabilities['fifo']): boolean {
  const needs: Record<string, string> = optionNeeds
  const can: Record<string, unknown> = fifo?.can ?? {}
  return can[needs[option] ?? ''] === true
}

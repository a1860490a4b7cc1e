import { declareContracts } from '../../../runtime/declare-queues.ts'
import { errorCodes, PikkuQueueError } from '../../../runtime/errors.ts'
import { error, ok, warning } from '../../../runtime/findings.ts'
import type { QueueDeclaration } from '../../../runtime/provider.ts'
import { loadProvider } from '../../load-provider.ts'
import type { Facts } from '../facts.ts'
import type { CheckFinding } from '../finding.ts'

const nothing = () => undefined
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** Is the server there, can it be trusted with jobs, are the queues there? Nothing on it is changed. */
export async function checkServer({ config, provider, scan }: Facts): Promise<CheckFinding[]> {
  const { name } = provider
  try {
    const queues = await declareQueues(scan)
    const service = await loadProvider(name, {
      role: 'producer',
      applicationName: 'pikku doctor',
      settings: config?.connection[name],
      logger: silent,
    })
    return (await service.examine?.(queues)) ?? [ok(`${name} has no server to look at`)]
  } catch (thrown) {
    if (!(thrown instanceof PikkuQueueError)) throw thrown
    const { code, message, hint = '' } = thrown
    // What is missing has been said.
    if (code !== errorCodes.missingPackage) return [error(message, hint, code)]
    return [warning('the server was not looked at', 'Install the missing packages first.')]
  }
}

async function declareQueues(scan: Facts['scan']): Promise<QueueDeclaration[]> {
  const { model } = await scan()
  if (model === null) return []
  const { contractsOf } = await import('../../scan-and-render.ts')
  try {
    return declareContracts(contractsOf(model))
  } catch (thrown) {
    // A value that cannot be is an error of the project, which has been said.
    if (thrown instanceof PikkuQueueError) return []
    throw thrown
  }
}

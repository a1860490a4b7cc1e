import { checkClients } from './checks/clients.ts'
import { checkGenerated } from './checks/generated.ts'
import { checkNode } from './checks/node.ts'
import { checkPackages } from './checks/packages.ts'
import { checkPortable } from './checks/portable.ts'
import { checkServer } from './checks/server.ts'
import { checkTsconfig } from './checks/tsconfig.ts'
import type { Facts } from './facts.ts'
import type { CheckFinding } from './finding.ts'

export interface Check {
  name: string
  /** Never throws for what a user can mend: that is a finding. */
  run: (facts: Facts) => CheckFinding[] | Promise<CheckFinding[]>
}

/** In the order in which things are to be mended. */
export const checks: readonly Check[] = [
  { name: 'node', run: () => checkNode() },
  { name: 'packages', run: checkPackages },
  { name: 'configuration', run: checkTsconfig },
  { name: 'project', run: checkPortable },
  { name: 'clients', run: checkClients },
  { name: 'generated', run: checkGenerated },
  { name: 'server', run: checkServer },
]

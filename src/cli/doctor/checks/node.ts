import { error, ok } from '../../../runtime/findings.ts'
import { requiredNode } from '../../package-info.ts'
import type { CheckFinding } from '../finding.ts'
import { isInRange } from '../version-range.ts'

/** Is this Node new enough? */
export function checkNode(version = process.versions.node): CheckFinding[] {
  return isInRange(version, requiredNode)
    ? [ok(`Node ${version}`)]
    : [error(`Node ${version} is too old`, `Install one that is ${requiredNode}.`)]
}

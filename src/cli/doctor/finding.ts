import { ok } from '../../runtime/findings.ts'
import type { Finding } from '../../runtime/provider.ts'
import type { Diagnostic } from '../diagnostic.ts'
import type { Location } from '../model.ts'

/** What a check has found: all is well, or what is not and what to do. */
export interface CheckFinding extends Finding {
  location?: Location
}

/** The diagnostics, or that all is well when there are none. */
export function fromDiagnostics(
  diagnostics: readonly Diagnostic[],
  otherwise: string,
): CheckFinding[] {
  return diagnostics.length > 0 ? diagnostics.map((it) => ({ ...it })) : [ok(otherwise)]
}

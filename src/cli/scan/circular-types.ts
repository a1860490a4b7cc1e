import type { ts } from 'ts-morph'
import { circularServices, type Diagnostic } from '../diagnostics.ts'
import type { Location } from '../model.ts'

/** "Type alias '…' circularly references itself." */
const circular = 2456

/** Factories whose return type is the one that the generated types file takes from them. */
export function circularTypes(
  program: ts.Program,
  overlay: ts.SourceFile,
  locations: ReadonlyMap<string, Location>,
): Diagnostic[] {
  return program.getSemanticDiagnostics(overlay).flatMap(({ code, start = 0, length = 0 }) => {
    const type = overlay.text.slice(start, start + length)
    const location = locations.get(`create${type}`)
    return code === circular && location ? [circularServices(`create${type}`, type, location)] : []
  })
}

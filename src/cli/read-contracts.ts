import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contracts } from '../runtime/contract.ts'
import { notGenerated, type Diagnostic } from './diagnostics.ts'
import { isRecord, parseJson } from './parse-json.ts'

/**
 * The project's queues as they were last generated: for commands that need to know them, but neither the
 * sources nor the compiler.
 * @param outDir of the generated files, relative to the root
 */
export function readContracts(root: string, outDir: string): Contracts | Diagnostic {
  const file = `${outDir}/pikku-contracts.gen.json`
  const path = join(root, file)
  if (!existsSync(path)) return notGenerated(file, 'is not there')
  const parsed = parseJson(file, readFileSync(path, 'utf8'))
  if ('reason' in parsed) return notGenerated(file, `is not valid JSON: ${parsed.reason}`)
  return isContracts(parsed.value) ? parsed.value : notGenerated(file, 'holds no contracts')
}

/** It is ours: what is looked at is whether it is the right file, not each part of it. */
function isContracts(value: unknown): value is Contracts {
  return (
    isRecord(value) &&
    isRecord(value.$defs) &&
    isRecord(value.queues) &&
    Object.values(value.queues).every(
      (queue) =>
        isRecord(queue) &&
        isRecord(queue.input) &&
        isRecord(queue.output) &&
        isRecord(queue.defaults),
    )
  )
}

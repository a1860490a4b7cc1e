import type { Facts } from '../facts.ts'
import { type CheckFinding, fromDiagnostics } from '../finding.ts'

/** Can the configuration be read, and do its settings suit generated code? Nothing is compiled for that. */
export async function checkTsconfig(facts: Facts): Promise<CheckFinding[]> {
  const { root, config, configDiagnostics } = facts
  if (config === null) return fromDiagnostics(configDiagnostics, '')
  const [{ readTsconfigFile, typeScriptMajor }, { checkModules }, { readManifest }] =
    await Promise.all([
      import('../../init/tsconfig-file.ts'),
      import('../../init/check-modules.ts'),
      import('../../init/folder.ts'),
    ])
  const { manifest, problem } = readManifest(root)
  if (problem) return fromDiagnostics([problem], '')
  const tsconfig = readTsconfigFile(root, config.tsconfig)
  if ('diagnostics' in tsconfig) return fromDiagnostics(tsconfig.diagnostics, '')
  const isModule = manifest?.value.type === 'module'
  const typescript = typeScriptMajor(root, manifest?.value)
  return fromDiagnostics(
    checkModules(tsconfig, { isModule, typescript }),
    `the settings of ${config.tsconfig} suit generated code`,
  )
}

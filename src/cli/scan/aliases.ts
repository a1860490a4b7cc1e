import type { ts } from 'ts-morph'
import { bindingsOf } from './bindings.ts'
import { mentionsIn } from './mentions.ts'
import type { Resolve } from './sources.ts'

/** What the generated functions are called where they are passed on, and where that goes on from there. */
export function aliasesIn(files: readonly ts.SourceFile[], resolve: Resolve): ReadonlySet<string> {
  const aliases = new Set(files.flatMap((file) => [...mentionsIn(file).aliases]))
  // Every file may export something by that name, and most do not export one of ours.
  aliases.delete('default')
  const byDefault = new Set(
    files.filter((file) => mentionsIn(file).aliases.has('default')).map(({ fileName }) => fileName),
  )
  const renamed = files.flatMap((file) => {
    const isOurs = (binding: { imported: string; specifier: ts.StringLiteralLike }) =>
      binding.imported === 'default'
        ? byDefault.has(resolve(binding.specifier, file) ?? '')
        : aliases.has(binding.imported)
    const { imports, exports } = bindingsOf(file)
    return [...imports, ...exports].map(([name, binding]) => () => {
      const isAlias =
        'imported' in binding ? isOurs(binding) : 'local' in binding && aliases.has(binding.local)
      if (isAlias && name !== 'default') aliases.add(name)
      else if (isAlias) byDefault.add(file.fileName)
    })
  })
  const size = () => aliases.size + byDefault.size
  for (let before = -1; before < size();) {
    before = size()
    for (const look of renamed) look()
  }
  return aliases
}

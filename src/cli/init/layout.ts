import { join, posix, relative } from 'node:path'
import { isRecord } from '../parse-json.ts'
import type { Folder } from './folder.ts'

/** Where things go, and how sources import what is generated. */
export interface Layout {
  /** Folder of the example, relative to the root. */
  sources: string
  outDir: string
  /** What the example writes before the name of a generated file: `#pikku`, or a path. */
  generated: string
}

export const mapKey = '#pikku/*'

/** @param asked the folder that was asked for */
export function layOut(folder: Folder, asked: string | undefined): Layout {
  const { tsconfig, configText, config, manifest } = folder
  const sources = posix.normalize(asked ?? usualSources(folder)).replace(/(.)\/$/, '$1')
  const mapped = mappedFolder(manifest?.value)
  if (configText === null && mapped !== undefined) {
    return { sources, outDir: mapped, generated: '#pikku' }
  }
  const isCompiled = tsconfig !== null && emits(tsconfig.options)
  const isInside = isCompiled || (tsconfig !== null && isOutsideRootDir(folder, config.outDir))
  const outDir = configText === null && isInside ? posix.join(sources, 'pikku') : config.outDir
  if (!isCompiled || mapped === outDir) return { sources, outDir, generated: '#pikku' }
  // What the compiler has written lies elsewhere than where the map leads: paths hold in both places.
  const way = posix.relative(sources, outDir)
  return { sources, outDir, generated: way.startsWith('.') ? way : `./${way}` }
}

function usualSources({ tsconfig }: Folder): string {
  if (tsconfig === null || tsconfig.includes('src')) return 'src'
  return tsconfig.folders.find((it) => it !== '' && !/(^|\/)(\.|tests?(\/|$))/.test(it)) ?? 'src'
}

/** The compiler refuses files that lie there. */
export function isOutsideRootDir({ root, tsconfig }: Folder, outDir: string): boolean {
  const rootDir = tsconfig?.options.rootDir
  return rootDir !== undefined && /^\.\.(\/|\\|$)/.test(relative(rootDir, join(root, outDir)))
}

/** Does the compiler write JavaScript into a folder of its own? */
const emits = (options: { noEmit?: boolean; emitDeclarationOnly?: boolean; outDir?: string }) =>
  !options.noEmit && !options.emitDeclarationOnly && options.outDir !== undefined

/** `generated` of `"#pikku/*": "./generated/*"` */
function mappedFolder(manifest: Record<string, unknown> | undefined): string | undefined {
  const target = isRecord(manifest?.imports) ? manifest.imports[mapKey] : undefined
  return typeof target === 'string' ? /^\.\/(.+)\/\*$/.exec(target)?.[1] : undefined
}

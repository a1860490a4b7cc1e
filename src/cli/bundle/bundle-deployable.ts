import { build, stop } from 'esbuild'
import { providerNames } from '../../runtime/capabilities.ts'
import { neededBesides } from '../../runtime/missing-package.ts'
import type { Diagnostic } from '../diagnostics.ts'
import { bundleOptions, commonJs, toDiagnostics } from './bundle-options.ts'
import { OutsidePackages, outsidePackages } from './outside-packages.ts'

export interface DeployableOptions {
  /** Absolute. */
  root: string
  entry: string
  tsconfig: string
  /** Absolute; nothing is written. */
  outFile: string
  minify: boolean
  /** The provider's entry point, such as `pikku-queue/sqs`. */
  entryPoint: string
  /** Packages to leave outside. */
  external: readonly string[]
}

export interface Deployable {
  code: string
  sourceMap: string
  /** Bytes of the code. */
  size: number
  outside: OutsidePackages
  /** The project's own files that are in it; relative to the root, with forward slashes. */
  sources: string[]
}

/** How a built file begins: by it the next build knows that it may replace it. */
export const builtMark = '// Built by `pikku build`.'

/** In its place the file says what has to be installed beside it: on that line, no place of the map moves. */
const needsNothing = '// It needs no packages.'

/** The code with what it needs, as `name@version` each, for the message when that is missing. */
export function withNeeds(code: string, needed: readonly string[]): string {
  if (needed.length === 0) return code
  const said = `globalThis[Symbol.for(${JSON.stringify(neededBesides)})] = ${JSON.stringify(needed)}`
  return code.replace(needsNothing, () => `${said};`)
}

/** Bundles a generated bootstrap, and everything it runs on, into one file that stands by itself. */
export async function bundleDeployable(
  options: DeployableOptions,
): Promise<Deployable | { diagnostics: Diagnostic[] }> {
  const { root, entry, tsconfig, outFile, minify, entryPoint, external } = options
  const outside = new OutsidePackages()
  const otherProviders = providerNames
    .map((name) => `pikku-queue/${name}`)
    .filter((path) => path !== entryPoint)
  try {
    const { outputFiles, metafile } = await build({
      ...bundleOptions(root, entry, tsconfig),
      outfile: outFile,
      write: false,
      metafile: true,
      minify,
      plugins: [outsidePackages({ otherProviders, named: external }, outside)],
      sourcemap: 'linked',
      banner: { js: `${builtMark}\n${needsNothing}\n${commonJs}` },
    })
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
    outside.keep(imports.filter(({ external: is }) => is).map(({ path }) => path))
    const text = (isWanted: (path: string) => boolean) =>
      outputFiles.find(({ path }) => isWanted(path))?.text ?? ''
    const code = text((path) => !path.endsWith('.map'))
    return {
      code,
      sourceMap: text((path) => path.endsWith('.map')),
      size: Buffer.byteLength(code),
      outside,
      sources: Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/')),
    }
  } catch (error) {
    return { diagnostics: toDiagnostics(error) }
  } finally {
    await stop()
  }
}

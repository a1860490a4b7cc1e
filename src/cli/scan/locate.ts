import { isAbsolute, join, relative, sep } from 'node:path'
import type { ts } from 'ts-morph'
import type { Location } from '../model.ts'

/** A file's path as the model has it: relative to the root, with forward slashes. */
export function modelPath(root: string, file: string): string {
  if (file.startsWith(`${root}/`)) return file.slice(root.length + 1)
  return relative(root, file).split(sep).join('/')
}

/** The other way round, as the compiler spells it. */
export function absolutePath(root: string, path: string): string {
  const whole = path.startsWith('..') ? join(root, path) : `${root}/${path}`
  return sep === '/' ? whole : whole.split(sep).join('/')
}

export function isOutside(folder: string, path: string): boolean {
  // Nearly all are below, which this tells in no time.
  if (path.startsWith(`${folder}/`)) return false
  const way = relative(folder, path)
  return way.startsWith('..') || isAbsolute(way)
}

export function locationAt(root: string, file: ts.SourceFile, position: number): Location {
  const { line, character } = file.getLineAndCharacterOfPosition(position)
  return { file: modelPath(root, file.fileName), line: line + 1, column: character + 1 }
}

/** Where the node's own text begins. */
export function locate(root: string, node: ts.Node): Location {
  const file = node.getSourceFile()
  return locationAt(root, file, node.getStart(file))
}

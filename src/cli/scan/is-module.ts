import { ts } from 'ts-morph'

/** What hides a line from the compiler or puts it inside of something, and the lines that make a module. */
const parts =
  /\/\/.*|\/\*[^]*?\*\/|"[^"\\\n]*(?:\\[^][^"\\\n]*)*"|'[^'\\\n]*(?:\\[^][^'\\\n]*)*'|`[^`\\]*(?:\\[^][^`\\]*)*`|[{}]|^[ \t]*(?:import\b(?!\s*[(.])|export\b)/gm

/**
 * Whether the text of a file is a module rather than a script, whose declarations hold everywhere. Nearly all
 * modules say so in their first words; where it takes more than a look, the compiler is asked.
 */
export function isModule(path: string, text: string): boolean {
  if (beginsAsModule.test(text)) return true
  let depth = 0
  let isSure = true
  for (const [part] of text.matchAll(parts)) {
    if (part === '{') depth += 1
    else if (part === '}') depth -= 1
    // There may be another template in it.
    else if (part.startsWith('`')) isSure &&= !part.includes('${')
    else if (/^\s*[ie]/.test(part)) {
      return (isSure && depth === 0) || isModuleForCompiler(path, text)
    }
  }
  return !isSure && isModuleForCompiler(path, text)
}

/** Nothing is before it but empty lines: the sign of a module that is soonest seen. */
const beginsAsModule = /^\s*(?:import\b(?!\s*[(.])|export\b)/

const isModuleForCompiler = (path: string, text: string): boolean =>
  ts.isExternalModule(ts.createSourceFile(path, text, ts.ScriptTarget.Latest))

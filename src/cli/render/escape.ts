import { isIdentifier } from '../identifiers.ts'

/**
 * The one way from names and texts of the user's project into generated code. Nothing of theirs is
 * ever pasted.
 */

/**
 * Control characters (but for tabs), line ends that JSON allows in strings, characters that make text
 * look like other text, and halves of surrogate pairs, which no file can hold.
 */
const unsafe =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu

/** What most texts are made of; to find nothing in them with the other pattern takes far longer. */
const printableAscii = /^[\n -~]*$/

/** For texts that are JSON, or code, whose strings are JSON. */
export function escapeUnsafe(text: string): string {
  if (printableAscii.test(text)) return text
  return text.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A JSON string literal, which is a JavaScript one too. */
export function stringLiteral(text: string): string {
  return escapeUnsafe(JSON.stringify(text))
}

/** A property name in a type or an object: as it is when it is an identifier, else quoted. */
export function propertyName(name: string): string {
  return isIdentifier(name) ? name : stringLiteral(name)
}

/**
 * The name itself, checked.
 * @throws Error when it is not an identifier: then something upstream is wrong.
 */
export function identifier(name: string): string {
  if (isIdentifier(name)) return name
  throw new Error(`${stringLiteral(name)} is not an identifier`)
}

/** A template literal type, backticks and holes included. */
export function templateType(text: string): string {
  if (/^`(?:[^`\\]|\\[\s\S])*`$/.test(text)) return escapeUnsafe(text)
  throw new Error(`${stringLiteral(text)} is not a template`)
}

/** What the compiler takes for an order to it, where the last line of a comment begins with it. */
const directive = /^\s*@ts-/

/** A JSDoc comment of the lines; empty for none. Nothing in them can end it, or tell the compiler what to do. */
export function docComment(text: string): string {
  const lines = text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => escapeUnsafe(line.trimEnd()).replaceAll('*/', '*\\/'))
  if (lines.every((line) => line === '')) return ''
  const [only = ''] = lines
  if (lines.length === 1 && !directive.test(only)) return `/** ${only} */`
  return ['/**', ...lines.map((line) => (line === '' ? ' *' : ` * ${line}`)), ' */'].join('\n')
}

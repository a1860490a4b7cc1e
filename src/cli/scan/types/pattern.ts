/**
 * Patterns of JSON Schema are regular expressions with the `u` flag: so do its validators take them, ours
 * and those of other languages.
 */

/** `/^a+$/u`, as it is written in a program: a slash in it is escaped or in a class. */
const slashForm = /^\/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+)\/([a-z]*)(?=\s|$)/

/** Another tag on the line: the compiler takes more for one, ` @example.com$` for instance. */
const nextTag = /\s@[A-Za-z]+(?=\s|$)/

/**
 * The pattern in what stands behind `@pattern` on its line, without slashes.
 * @returns null for what is no regular expression, or has flags that JSON Schema does not have.
 */
export function readPattern(line: string): string | null {
  const [, body, flags] = slashForm.exec(line) ?? []
  if (body !== undefined) return /^u?$/.test(flags ?? '') ? asUnicode(unescapeSlashes(body)) : null
  const [text = ''] = line.split(nextTag, 1)
  return text.trim() === '' ? null : asUnicode(text.trim())
}

const unescapeSlashes = (body: string): string =>
  body.replace(/\\./gs, (escape) => (escape === '\\/' ? '/' : escape))

function isValid(pattern: string, flags: string): boolean {
  try {
    return new RegExp(pattern, flags) instanceof RegExp
  } catch {
    return false
  }
}

/**
 * The same regular expression for the `u` flag, which takes no escapes that mean nothing (`\-`, `\@`), no
 * lone braces, and no classes in a range (`[\w-.]`). Null where there is more to it.
 */
function asUnicode(pattern: string): string | null {
  if (isValid(pattern, 'u')) return pattern
  if (!isValid(pattern, '')) return null
  const tokens =
    pattern.match(/\\[\s\S]|\[\^?(?:\\[\s\S]|[^\]\\])*\]|\{\d+(?:,\d*)?\}|[\s\S]/g) ?? []
  const translated = tokens.map(tokenForUnicode).join('')
  return isValid(translated, 'u') ? translated : null
}

function tokenForUnicode(token: string): string {
  if (token.startsWith('\\')) return plainEscape(token, '')
  if (/^\[./s.test(token)) return classForUnicode(token)
  return /^[\]{}]$/.test(token) ? `\\${token}` : token
}

function classForUnicode(text: string): string {
  const [, open = '', inner = ''] = /^(\[\^?)([\s\S]*)\]$/.exec(text) ?? []
  const members = inner.match(/(?:\\[\s\S]|[\s\S])(?:-(?:\\[\s\S]|[\s\S]))?/g) ?? []
  const isClass = /^\\[dswDSW]/
  const translated = members.map((member) => {
    const [, from = '', to] = /^(\\[\s\S]|[\s\S])(?:-(\\[\s\S]|[\s\S]))?$/.exec(member) ?? []
    const first = plainEscape(from, '-')
    if (to === undefined) return first
    // Where one end is a class, the hyphen is a member like any other.
    const hyphen = isClass.test(from) || isClass.test(to) ? '\\-' : '-'
    return first + hyphen + plainEscape(to, '-')
  })
  return `${open}${translated.join('')}]`
}

/** `\@` is an `@`. Of letters and digits nobody knows what was meant. */
function plainEscape(atom: string, alsoKept: string): string {
  const char = atom.slice(1)
  const isKept = /^[A-Za-z0-9^$\\.*+?()[\]{}|/]/.test(char) || (char !== '' && char === alsoKept)
  return char === '' || isKept ? atom : char
}

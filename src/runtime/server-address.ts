import { errorCodes, PikkuQueueError } from './errors.ts'

/** How the address of one kind of server looks. */
export interface AddressForm {
  /** What it may begin with, such as `redis://`. */
  readonly schemes: readonly string[]
  /** Right ones, for whoever wrote another: the shortest first. */
  readonly examples: readonly string[]
  /** What may be done instead, as a sentence. */
  readonly otherwise?: string
}

/**
 * Reads the address of a server.
 * @param source What a message calls it: the variable, option or key of the configuration that it comes from.
 * The address itself is never repeated: it may hold a password.
 * @throws PikkuQueueError PKQ605 when it is no address of that form.
 */
export function parseAddress(text: string, source: string, form: AddressForm): URL {
  const { schemes, examples, otherwise } = form
  const refuse = (what: string, advice?: string) => {
    const hints = [`Write it as ${examples.join(', or ')}.`, advice, otherwise]
    return badConnection(`${source} ${what}`, hints.filter((hint) => hint !== undefined).join(' '))
  }
  const given = text.trim()
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(given)?.[0].toLowerCase()
  if (scheme === undefined) {
    const quoted = /^["'`]/.test(given) ? ': leave out the quotation marks' : ''
    throw refuse(`does not start with ${schemes.join(' or ')}${quoted}`)
  }
  if (!schemes.includes(scheme)) {
    throw refuse(
      `starts with "${scheme}", not with ${schemes.join(' or ')}`,
      'For a server of another kind, choose its provider.',
    )
  }
  if (!URL.canParse(given)) {
    throw refuse('is not a URL', 'Percent-encode special characters in the password.')
  }
  return new URL(given)
}

/** What is wrong with how a server is to be reached, found before anything is asked of it. */
export function badConnection(message: string, hint: string): PikkuQueueError {
  return new PikkuQueueError(errorCodes.badConnection, message, { hint })
}

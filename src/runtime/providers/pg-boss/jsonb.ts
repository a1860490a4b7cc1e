import type { JobError, JsonValue } from '../../types.ts'

/**
 * `jsonb` holds every JSON value except text with U+0000 or half a surrogate pair. Such a value is
 * stored as `{ "$json": "<its JSON text>" }`, and so is one that could be taken for that.
 */
const wrapper = '$json'

const unstorable = /\\u(?:0000|d[89a-f])/i

/**
 * The JSON text to store.
 * @throws TypeError for what has none, like a bigint or a cycle.
 */
export function toJsonb(value: JsonValue): string {
  const json: unknown = JSON.stringify(value)
  // undefined has no JSON, whatever the type says.
  if (typeof json !== 'string') return 'null'
  return isWrapped(value) || unstorable.test(json) ? JSON.stringify({ [wrapper]: json }) : json
}

export function fromJsonb(stored: unknown): unknown {
  if (!isWrapped(stored)) return stored
  try {
    return JSON.parse(stored[wrapper])
  } catch {
    return stored
  }
}

/** An error is for reading: what cannot be stored is replaced rather than wrapped. */
export function errorToJsonb({ name, message, code, stack, cause }: JobError): JsonValue {
  return {
    name: storable(name),
    message: storable(message),
    ...(code !== undefined && { code: storable(code) }),
    ...(stack !== undefined && { stack: storable(stack) }),
    ...(cause !== undefined && { cause: errorToJsonb(cause) }),
  }
}

/** Whoever threw it may have put anything there. */
function storable(text: unknown): string {
  return String(text).toWellFormed().replaceAll('\u0000', '\ufffd')
}

function isWrapped(value: unknown): value is { [wrapper]: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 1 &&
    wrapper in value &&
    typeof value[wrapper] === 'string'
  )
}

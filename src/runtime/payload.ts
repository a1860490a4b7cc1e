import { Codec } from './codec.ts'
import type { Contracts, JsonSchema } from './contract.ts'
import { errorCodes, PikkuQueueError, ValidationError, type ValidationIssue } from './errors.ts'
import { narrow } from './narrowing.ts'
import { formatPath, fromRoot } from './property-path.ts'
import { createShapes, type Shape } from './shape.ts'
import type { JsonValue } from './types.ts'
import { Validators } from './validators.ts'

/** What a function takes, what it returns, or what it tells while it runs. */
export type PayloadSide = 'input' | 'output' | 'progress'

export type OnLeftOut = (paths: string[]) => void

/** Payloads, results and progress on their way into a queue and out of it. */
export interface Payloads {
  /**
   * The value as plain JSON, checked: a copy, so that later changes to the value do not change what
   * is sent. A result of type `void` is null, whatever was returned.
   * @param onLeftOut when given, properties that the type does not know are left out rather than
   *   refused, and it is called with their paths
   * @throws ValidationError (PKQ401) when the value does not fit its type
   * @throws PikkuQueueError (PKQ402) for an unknown queue
   */
  encode(queue: string, side: PayloadSide, value: unknown, onLeftOut?: OnLeftOut): JsonValue
  /**
   * The value that the JSON stands for, checked. What JSON holds as it is is not copied.
   * @throws ValidationError (PKQ401) when the JSON does not fit its type
   * @throws PikkuQueueError (PKQ402) for an unknown queue
   */
  decode(queue: string, side: PayloadSide, json: unknown): unknown
}

interface Side {
  subject: string
  schema: JsonSchema
  shape: Shape
  isVoid: boolean
}

/** A value as JSON, and what of it has no JSON form. */
interface Encoded {
  json: JsonValue
  issues: ValidationIssue[]
}

/** Validators and codecs of the contracts' queues, each made when it is first needed. */
export function createPayloads(contracts: Contracts): Payloads {
  const validators = new Validators(contracts.$defs)
  const codec = new Codec(validators)
  const shapeOf = createShapes(contracts.$defs)
  const sides = new Map<string, Record<PayloadSide, Side>>()

  function sideOf(queue: string, side: PayloadSide): Side {
    let all = sides.get(queue)
    if (!all) {
      const contract = Object.hasOwn(contracts.queues, queue) ? contracts.queues[queue] : undefined
      if (!contract) throw unknownQueue(queue, Object.keys(contracts.queues))
      const make = (label: string, schema: JsonSchema, voids: boolean): Side => ({
        subject: `the ${label} of queue "${queue}"`,
        schema,
        shape: shapeOf(schema),
        isVoid: voids && schema['x-type'] === 'undefined',
      })
      all = {
        input: make('payload', contract.input, false),
        output: make('result', contract.output, true),
        progress: make('progress', contract.progress ?? {}, false),
      }
      sides.set(queue, all)
    }
    return all[side]
  }

  function encode(shape: Shape, value: unknown): Encoded {
    const issues: ValidationIssue[] = []
    const json = codec.encode(shape, value, (path, reason) => {
      issues.push({ path: formatPath(path), reason })
    })
    return { json, issues }
  }

  const fits = (schema: JsonSchema, { json, issues }: Encoded): boolean =>
    issues.length === 0 && validators.fits(schema, json)

  const tools: Parameters<typeof narrow>[2] = {
    definitions: contracts.$defs,
    members: validators.members,
    fits: (schema, value) => fits(schema, encode(shapeOf(schema), value)),
  }

  function refusal(subject: string, schema: JsonSchema, { json, issues }: Encoded): Error {
    const known = issues.map(({ path }) => path)
    // Null stands where a value had no JSON form: that it does not fit either is no news, nor is
    // what it makes of the values around it.
    const further = validators
      .issues(schema, json)
      .filter(({ path }) => !known.some((at) => isWithin(path, at) || isWithin(at, path)))
    return new ValidationError(subject, [...issues, ...further])
  }

  return {
    encode(queue, side, value, onLeftOut) {
      const { subject, schema, shape, isVoid } = sideOf(queue, side)
      // TypeScript lets a `void` function return anything; nobody may look at it.
      if (isVoid) return null
      return guard(subject, validators, () => {
        const encoded = encode(shape, value)
        if (fits(schema, encoded)) return encoded.json
        if (!onLeftOut) throw refusal(subject, schema, encoded)
        const { value: known, leftOut } = narrow(schema, value, tools)
        const narrowed = leftOut.size > 0 ? encode(shape, known) : encoded
        if (!fits(schema, narrowed)) throw refusal(subject, schema, narrowed)
        onLeftOut([...leftOut].map(fromRoot))
        return narrowed.json
      })
    },

    decode(queue, side, json) {
      const { subject, schema, shape } = sideOf(queue, side)
      return guard(subject, validators, () => {
        const issues = validators.issues(schema, json)
        if (issues.length > 0) throw new ValidationError(subject, issues)
        return codec.decode(shape, json)
      })
    },
  }
}

const isWithin = (path: string, ancestor: string): boolean =>
  path.startsWith(ancestor) && (ancestor === '' || /^($|[.[])/.test(path.slice(ancestor.length)))

/** JSON can be nested deeper than the stack is high. */
function guard<Result>(subject: string, validators: Validators, work: () => Result): Result {
  try {
    return validators.once(work)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ValidationError(subject, [{ path: '', reason: 'is nested too deeply' }])
  }
}

function unknownQueue(queue: string, known: string[]): PikkuQueueError {
  const list = known.map((name) => `"${name}"`).join(', ') || 'none'
  return new PikkuQueueError(errorCodes.unknownQueue, `there is no queue "${queue}"`, {
    hint: `The queues of this contract: ${list}. Run "pikku generate" if it is newer than that.`,
  })
}

import { types } from 'node:util'
import type { CarriedType } from './contract.ts'

/**
 * The JSON forms of JavaScript types that JSON has no form for. They are what any other language
 * finds in the queue, and never change:
 *
 * | type       | JSON                                                                   |
 * | ---------- | ---------------------------------------------------------------------- |
 * | Date       | ISO 8601 string in UTC, as `toISOString` writes it; any offset is read |
 * | bigint     | decimal string                                                         |
 * | URL        | its href, a string                                                     |
 * | Uint8Array | base64 string (RFC 4648 section 4, padded)                             |
 * | Map        | array of [key, value] pairs, in the Map's order                        |
 * | Set        | array, in the Set's order                                              |
 * | undefined  | null; as the value of a property: the property is left out             |
 */
export type ScalarForm = Exclude<CarriedType, 'Map' | 'Set'>

interface Form {
  /** For error messages: "must be a Date". */
  label: string
  /** For error messages about the JSON: "must be an ISO 8601 date-time". */
  jsonLabel: string
  is(value: unknown): boolean
}

interface Scalar extends Form {
  /** The JSON form; undefined when the value has none (an invalid Date). Called after `is`. */
  encode(value: unknown): string | null | undefined
  /** Called after `fits`. */
  decode(json: string): unknown
  fits(json: string): boolean
}

const dateTime =
  /^(?:\d{4}|[+-]\d{6})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/

export const scalarForms: Record<ScalarForm, Scalar> = {
  Date: {
    label: 'a Date',
    jsonLabel: 'an ISO 8601 date-time',
    is: types.isDate,
    encode: (value) =>
      types.isDate(value) && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined,
    decode: (json) => new Date(json),
    fits: isDateTime,
  },
  bigint: {
    label: 'a bigint',
    jsonLabel: 'a string of decimal digits',
    is: (value) => typeof value === 'bigint',
    encode: String,
    decode: BigInt,
    fits: (json) => /^-?\d+$/.test(json),
  },
  URL: {
    label: 'a URL',
    jsonLabel: 'an absolute URL',
    is: (value) => value instanceof URL,
    encode: (value) => (value instanceof URL ? value.href : undefined),
    decode: (json) => new URL(json),
    fits: (json) => URL.canParse(json),
  },
  Uint8Array: {
    label: 'a Uint8Array',
    jsonLabel: 'a base64 string',
    is: types.isUint8Array,
    encode: (value) =>
      types.isUint8Array(value)
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
        : undefined,
    // A copy: small Buffers share one pool, and a Buffer is not what the type says.
    decode: (json) => new Uint8Array(Buffer.from(json, 'base64')),
    fits: isBase64,
  },
  undefined: {
    label: 'undefined',
    jsonLabel: 'null',
    is: (value) => value === undefined,
    encode: () => null,
    decode: () => undefined,
    fits: () => false,
  },
}

export const collectionForms: Record<'Map' | 'Set', Form> = {
  Map: { label: 'a Map', jsonLabel: 'an array of [key, value] pairs', is: types.isMap },
  Set: { label: 'a Set', jsonLabel: 'an array', is: types.isSet },
}

export function formOf(type: CarriedType): Form {
  return type === 'Map' || type === 'Set' ? collectionForms[type] : scalarForms[type]
}

/** Does the JSON stand for a value of the type? What lies inside Map and Set is not looked at. */
export function fitsForm(type: CarriedType, json: unknown): boolean {
  if (type === 'Map' || type === 'Set') return Array.isArray(json)
  if (type === 'undefined') return json === null
  return typeof json === 'string' && scalarForms[type].fits(json)
}

function isDateTime(text: string): boolean {
  const [, month, day] = dateTime.exec(text) ?? []
  if (month === undefined || day === undefined || Number.isNaN(Date.parse(text))) return false
  // `Date.parse` takes 30 February for the first of March.
  const longEnough = Number(day) <= 28
  return longEnough || Number(day) <= daysInMonth(Number.parseInt(text, 10), Number(month))
}

/** Leap years come again every 400 years; `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
const daysInMonth = (year: number, month: number): number =>
  new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()

function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  // Node skips whatever is not base64, so a text with anything else in it comes out too short.
  return Buffer.from(text, 'base64').length === (text.length / 4) * 3 - padding
}

/** The formats of JSON Schema and OpenAPI that strings are checked for, by what `@format` calls them. */
export const formatNames = [
  'date',
  'time',
  'date-time',
  'iso-time',
  'iso-date-time',
  'duration',
  'uri',
  'uri-reference',
  'uri-template',
  'url',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'regex',
  'uuid',
  'json-pointer',
  'json-pointer-uri-fragment',
  'relative-json-pointer',
  'byte',
  'password',
  'binary',
] as const

export type FormatName = (typeof formatNames)[number]

export const isFormatName = (name: string): name is FormatName => names.has(name)
const names: ReadonlySet<string> = new Set(formatNames)

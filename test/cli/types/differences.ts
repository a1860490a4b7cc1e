import { isRecord } from '../../../src/runtime/plain-json.ts'

/** Where our schema and another judge do not agree on values of some types, and why. */
export interface Difference {
  types: readonly string[]
  /** What our schema does with the values; the other judge does the opposite. */
  we: 'accept' | 'refuse'
  reason: string
  /** Only values like these are meant. */
  only?: (value: unknown) => boolean
}

const lacks =
  (name: string) =>
  (value: unknown): boolean =>
    isRecord(value) && !(name in value)

const hasFraction = (value: unknown): boolean => /\d\.\d/.test(JSON.stringify(value))

/** From the draft 7 schemas of ts-json-schema-generator, with its own defaults. */
export const generatorDifferences: Difference[] = [
  // It reads the sources itself, and does not follow the checker everywhere.
  {
    types: [
      ...['OrderId', 'Page', 'Version', 'Special', 'TemplateProperties', 'LevelledPage'],
      ...['TemplateOrLiteral'],
    ],
    we: 'refuse',
    reason: 'templates with holes are any string to it',
  },
  {
    types: ['NothingAtAll', 'AnyObject', 'EmptyOrFull', 'OmittedFromUnion', 'OmittedFromEach'],
    we: 'accept',
    reason: 'a {} has no properties to it; any object is one to the compiler',
  },
  {
    types: ['MappedTuple', 'MappedArray', 'ReadonlyByMapping', 'Arguments'],
    we: 'accept',
    reason: 'it makes an object of a list that a mapped or conditional type makes a list of',
    only: Array.isArray,
  },
  {
    types: ['MappedTuple', 'MappedArray', 'ReadonlyByMapping', 'Arguments'],
    we: 'refuse',
    reason: 'it makes an object of a list that a mapped or conditional type makes a list of',
    only: isRecord,
  },
  {
    types: ['FirstParameter', 'Settings', 'PathParts', 'PaymentsByMethod'],
    we: 'accept',
    reason: 'it does not compute what the compiler does, but comes to something narrower',
  },
  {
    types: ['PathParts', 'PaymentsByMethod', 'Made', 'Loaded', 'PointInstance'],
    we: 'refuse',
    reason: 'it does not compute what the compiler does, but comes to something wider',
  },
  {
    types: ['Flags'],
    we: 'accept',
    reason: 'it takes optional properties for required when all values are mapped to one type',
  },
  {
    types: ['NotNull', 'NotNullInside'],
    we: 'refuse',
    reason: 'it keeps null in NonNullable and in an intersection with {}',
  },
  {
    types: ['ArraysOfEach'],
    we: 'refuse',
    reason: 'it does not distribute a conditional type over `T extends unknown`',
  },
  {
    types: ['KeysOfUnion'],
    we: 'refuse',
    reason: 'keyof a union are the keys of all members to it; those of each are to the compiler',
  },
  { types: ['NumberedKeys'], we: 'accept', reason: 'the key 1 is "1" to it', only: isNumber },
  { types: ['NumberedKeys'], we: 'refuse', reason: 'the key 1 is "1" to it', only: isText },
  {
    types: ['Merged'],
    we: 'accept',
    reason: 'it reads one declaration of an interface that has two',
  },
  {
    types: ['Merged'],
    we: 'refuse',
    reason: 'it reads one declaration of an interface that has two',
    only: lacks('first'),
  },
  {
    types: ['NestedAnd'],
    we: 'accept',
    reason: 'of two types for one property it takes one, not their intersection',
  },
  {
    types: ['NestedAnd', 'Overlapping'],
    we: 'refuse',
    reason: 'of two types for one property it takes one, not their intersection',
  },

  // JSDoc.
  {
    types: ['Whole', 'IntegerConstraints'],
    we: 'refuse',
    reason: 'it knows no @integer',
    only: hasFraction,
  },

  // What we do on purpose.
  { types: ['BrandedOrder'], we: 'accept', reason: 'a brand is no data' },
  {
    types: ['BrandedOrder'],
    we: 'refuse',
    reason: 'a brand is no data',
    only: (value) => isRecord(value) && '__brand' in value,
  },
  {
    types: ['Moments', 'WhenAlone'],
    we: 'accept',
    reason: 'the format date-time has years of four digits; a Date has more',
    only: (value) => /"[+-]\d{6}-/.test(JSON.stringify(value)),
  },
  {
    types: ['Amounts', 'Collections', 'Bytes'],
    we: 'accept',
    reason:
      'bigint, Map, Set and Uint8Array travel as documented JSON, not as JSON.stringify has it',
    only: (value) =>
      isRecord(value) && Object.values(value).every((it) => isText(it) || Array.isArray(it)),
  },
  {
    types: ['Amounts', 'Collections', 'Bytes'],
    we: 'refuse',
    reason:
      'bigint, Map, Set and Uint8Array travel as documented JSON, not as JSON.stringify has it',
  },
  {
    types: ['MaybeUndefinedItems'],
    we: 'accept',
    reason: 'undefined in a list travels as null',
    only: (value) => Array.isArray(value) && value.includes(null),
  },
  ...(
    [
      ['AnythingInside', 'rest'],
      ['NumberTag', 'cause'],
      ['ReallyRequired', 'a'],
    ] as const
  ).map(([type, property]): Difference => ({
    types: [type],
    we: 'accept',
    reason: 'a property that may be undefined may be left out: JSON has no undefined',
    only: lacks(property),
  })),
]

/** From TypeScript, which is given the JSON as a literal. */
export const compilerDifferences: Difference[] = [
  {
    types: [
      ...['Percentage', 'Positive', 'Whole', 'LongEnough', 'LowerCase', 'FewTexts'],
      ...['NumberConstraints', 'IntegerConstraints', 'TextConstraints', 'ListConstraints'],
      ...['AliasConstraints', 'UnionConstraints', 'InheritedConstraints', 'PartialConstraints'],
      ...['PickedConstraints', 'MappedConstraints', 'ConstrainedClass', 'IntersectedConstraints'],
      ...['RecordOfConstrained', 'NamesOfConstrained', 'DictionaryOfConstrained'],
      ...[
        'TupleOfConstrained',
        'UnionOfConstrained',
        'TightenedAlias',
        'TightenedProperty',
        'AliasOfAlias',
        'Formats',
        'DistinctItems',
        'SizedDictionary',
        'GenericOfConstrained',
        'MaybeConstrained',
        'AccessedConstraint',
      ],
    ],
    we: 'refuse',
    reason: 'the compiler does not read constraints in JSDoc',
  },
  {
    types: [
      'ByPresence',
      'EitherOr',
      'Optionals',
      'DistributedAnd',
      'ObjectOrDictionary',
      'OpenOrClosed',
      'OptionalTag',
      'DeepUnion',
      'File',
      'Folder',
      'TupleOrObject',
    ],
    we: 'refuse',
    reason:
      'the compiler takes properties of any member of a union; ours stay closed (see unionSchema)',
    only: isRecord,
  },
  {
    types: ['NothingAtAll', 'AnyObject', 'EmptyOrFull', 'OmittedFromUnion', 'OmittedFromEach'],
    we: 'refuse',
    reason:
      'anything but null is a {} to the compiler; we take the objects, which is what is meant',
    only: (value) => !isRecord(value),
  },
  {
    types: ['NumberKeys', 'RecordByNumber'],
    we: 'accept',
    reason: 'we take an index signature for numbers for one for any name',
    only: isRecord,
  },
  {
    types: ['NumberKeys', 'RecordByNumber'],
    we: 'refuse',
    reason: 'strings and lists have an index signature for numbers to the compiler',
    only: (value) => isText(value) || Array.isArray(value),
  },
  {
    types: ['Page', 'Version', 'LevelledPage'],
    we: 'accept',
    reason:
      'a regular expression cannot tell that a number is infinite, and tries every way to cut',
  },
  {
    types: ['UserId', 'Cents', 'Branded', 'BrandedOrder'],
    we: 'accept',
    reason: 'a brand is no data',
  },
  {
    types: ['BrandedOrder'],
    we: 'refuse',
    reason: 'a brand is no data',
    only: (value) => isRecord(value) && '__brand' in value,
  },
  {
    types: ['ColourAlone', 'OneColour', 'ColourOrNull', 'Enums'],
    we: 'accept',
    reason: 'the compiler takes no literal for a member of an enum of strings',
  },
  {
    types: ['Moments', 'WhenAlone', 'Amounts', 'Collections', 'Bytes'],
    we: 'accept',
    reason: 'carried types travel as documented JSON',
  },
  {
    types: ['MaybeUndefinedItems', 'Arguments'],
    we: 'accept',
    reason: 'undefined in a list travels as null',
    only: (value) => Array.isArray(value) && value.includes(null),
  },
  ...(
    [
      ['AnythingInside', 'rest'],
      ['NumberTag', 'cause'],
      ['ReallyRequired', 'a'],
      ['OrUndefined', 'written'],
    ] as const
  ).map(([type, property]): Difference => ({
    types: [type],
    we: 'accept',
    reason: 'a property that may be undefined may be left out: JSON has no undefined',
    only: lacks(property),
  })),
]

/** Values of listed differences that chance does not always find. */
export const rareValues: Readonly<Record<string, unknown[]>> = {
  AliasConstraints: [{ progress: -1, many: [], nullable: null, name: 'a' }],
  ConstrainedClass: [{ size: 1, name: '' }],
  DeepUnion: [{ of: { a: '', b: { d: 0 } } }],
  File: [
    { name: '', size: 0, parent: { name: '', entries: [{ name: '', entries: [], size: 0 }] } },
  ],
  Folder: [{ name: '', entries: [{ name: '', entries: [], size: 0 }] }],
  IntersectedConstraints: [{ a: -1, b: 'a' }],
  KeysOfUnion: ['iban'],
  LevelledPage: ['info-1e999'],
  ListConstraints: [{ some: [], few: [] }],
  NumberTag: [{ code: 500 }],
  NumberedKeys: [1, '1'],
  OpenOrClosed: [{ code: 1, extra: 1 }],
  OptionalTag: [{ a: '', b: '' }],
  Optionals: [{ a: '', b: 1 }],
  OrUndefined: [{ always: 1 }],
  Page: ['page-1e999'],
  PathParts: [['user', 'address', 'zip']],
  PartialConstraints: [{ filled: '' }],
  ReallyRequired: [{ b: 1 }],
  TextConstraints: [{ filled: '', short: '', code: 'AB1' }],
  TupleOrObject: [{ x: 1, y: 1, 7: 1 }],
  UnionConstraints: [{ nullable: 0, textOrNumber: 1 }],
  Version: ['v1e999.1', 'v.1.1'],
}

/** Types that any JSON fits. */
export const anyJsonFits = ['Anything', 'Json', 'AbsorbedUnknown']

/** Types that ts-json-schema-generator throws at. */
export const unknownToGenerator = ['GettersOfPoint', 'PersonPaths']

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number'
}

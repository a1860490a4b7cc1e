import type { ts } from 'ts-morph'
import { isContractOption } from '../contract-options.ts'
import {
  asModuleIsMissing,
  callNotInferable,
  configNotStatic,
  configPartNotStatic,
  functionChosen,
  functionNotFound,
  noFunction,
  noQueueName,
  notQueueFunction,
  oldQueueSpelling,
  optionNotStatic,
  queueNameNotStatic,
  queueNameNotText,
  tagsNotStatic,
  unknownWiringKey,
  wiringNotReadable,
  type Diagnostic,
} from '../diagnostics.ts'
import { nearest } from '../did-you-mean.ts'
import type { ConfigModel, Location, QueueModel } from '../model.ts'
import type { CallProblem } from './call-problem.ts'
import { nameOf, unwrap } from './expressions.ts'
import { locate, locationAt } from './locate.ts'
import { missingImport } from './missing-import.ts'
import { readFunction, type ContractSide, type ReadContext } from './read-function.ts'
import { propertiesOf, type Property } from './resolve.ts'
import type { Resolve } from './sources.ts'
import { staticValue } from './static-value.ts'

export interface WiringContext extends ReadContext {
  resolve: Resolve
  /** @param subject what messages call it */
  expand: (side: ContractSide, subject: string) => QueueModel['input']
  report: (diagnostic: Diagnostic) => void
}

type Properties = Map<string, Property>

/** Reads one `wireQueueWorker(…)` call; null, with a reason reported, when it is not a wiring yet. */
export function readWiring(context: WiringContext, call: ts.CallExpression): QueueModel | null {
  const { root, code, report } = context
  const [argument] = call.arguments
  const read = argument ? propertiesOf(code, argument) : null
  if (read === null || read.unknown.length > 0) {
    report(wiringNotReadable(locate(root, argument ?? call)))
    return null
  }
  const properties = read.known
  reportUnknownKeys(context, properties)
  const name = readName(context, call, properties)
  if (name === null) return null

  const func = properties.get('func')
  if (!func?.value) {
    report(noFunction(name, locate(root, func?.node ?? call)))
    return null
  }
  const reading = readFunction(context, func.value)
  const place = locate(root, func.value)
  const { contract } = reading
  if (typeof contract === 'string') {
    const problem = tellNoContract[contract](name, nameOf(unwrap(func.value))?.text ?? null, place)
    report(contract === 'unresolved' ? withReason(context, problem, func.value) : problem)
    return null
  }
  if (reading.problem) reportProblem(context, name, reading.problem)
  return {
    name,
    location: locate(root, call),
    functionName: reading.name,
    functionLocation: reading.location,
    input: context.expand(contract.input, 'the payload'),
    output: context.expand(contract.output, 'the result'),
    progress: readProgress(context, contract.progress),
    docs: reading.docs,
    tags: readTags(context, name, properties.get('tags')),
    config: readConfig(context, name, properties.get('config')),
    asksForSession: reading.asksForSession,
  }
}

const tellNoContract = {
  unresolved: functionNotFound,
  'not-a-queue-function': notQueueFunction,
  'one-of-several': (queue: string, _name: string | null, place: Location) =>
    functionChosen(queue, place),
}

/** Where it may be anything there is nothing to hold it to. */
function readProgress(context: WiringContext, side: ContractSide | null): QueueModel['progress'] {
  const type = side && context.expand(side, 'the progress')
  return type?.kind === 'unknown' ? null : type
}

const spellings = ['queue', 'queueName', 'name']
const keys = ['queue', 'func', 'config', 'middleware', 'tags']

function reportUnknownKeys({ root, report }: WiringContext, properties: Properties): void {
  for (const [key, { node }] of properties) {
    if (keys.includes(key) || spellings.includes(key)) continue
    report(unknownWiringKey(key, nearest(key, keys), keys, locate(root, node)))
  }
}

function reportProblem({ root, report }: WiringContext, queue: string, problem: CallProblem): void {
  const location = locationAt(root, problem.file, problem.start)
  report(callNotInferable(queue, problem.reason, location))
}

/** Of what cannot be known, or found. */
function withReason(
  { root, code, resolve }: WiringContext,
  problem: Diagnostic,
  expression: ts.Expression,
): Diagnostic {
  const specifier = missingImport(code, resolve, expression)
  return specifier ? asModuleIsMissing(problem, specifier.text, locate(root, specifier)) : problem
}

function readName(
  context: WiringContext,
  call: ts.CallExpression,
  properties: Properties,
): string | null {
  const { root, code, report } = context
  const key = spellings.find((spelling) => properties.has(spelling))
  const property = key === undefined ? undefined : properties.get(key)
  if (key === undefined || property === undefined) {
    report(noQueueName(locate(root, call)))
    return null
  }
  if (key !== 'queue') report(oldQueueSpelling(key, locate(root, property.node)))

  const place = locate(root, property.value ?? property.node)
  const name = property.value ? staticValue(code, property.value) : { known: false as const }
  if (!name.known) {
    const problem = queueNameNotStatic(place)
    report(property.value ? withReason(context, problem, property.value) : problem)
    return null
  }
  if (typeof name.value === 'string' && name.value !== '') return name.value
  report(queueNameNotText(place))
  return null
}

function readTags(
  { root, code, report }: WiringContext,
  queue: string,
  property: Property | undefined,
): string[] {
  if (property === undefined) return []
  const tags = property.value ? staticValue(code, property.value) : { known: false as const }
  if (tags.known && Array.isArray(tags.value)) {
    return [...new Set(tags.value.filter((tag) => typeof tag === 'string'))]
  }
  if (!tags.known) report(tagsNotStatic(queue, locate(root, property.node)))
  return []
}

/** What is certain of the config. Of the rest, what producers would have to know is told of. */
function readConfig(
  { root, code, report }: WiringContext,
  queue: string,
  property: Property | undefined,
): ConfigModel {
  if (property === undefined) return {}
  const { node, value: given } = property
  const whole = given ? staticValue(code, given) : { known: false as const }
  if (whole.known && whole.value === undefined) return {}
  const options = given ? propertiesOf(code, given) : null
  if (options === null) {
    const values = whole.known ? entriesOf(whole.value) : null
    if (values) {
      const location = locate(root, node)
      return Object.fromEntries(
        values.map(([key, value]) => [key, { known: true, value, location }]),
      )
    }
    report(configNotStatic(queue, locate(root, node)))
    return {}
  }
  for (const part of options.unknown) report(configPartNotStatic(queue, locate(root, part)))
  const config: [string, ConfigModel[string]][] = []
  for (const [option, { node, value }] of options.known) {
    const location = locate(root, node)
    const result = value ? staticValue(code, value) : { known: false as const }
    // What something unknown may replace is told of with that.
    const isTold = value === null && options.unknown.length > 0
    if (!result.known && !isTold && isContractOption(option)) {
      report(optionNotStatic(queue, option, location))
    }
    // An option that is undefined is one that is not given.
    if (result.known && result.value === undefined) continue
    config.push([option, { ...result, location }])
  }
  return Object.fromEntries(config)
}

const entriesOf = (value: unknown): [string, unknown][] | null =>
  typeof value === 'object' && value !== null ? Object.entries(value) : null

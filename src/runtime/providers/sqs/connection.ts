import { type ConnectionSettings, settingName } from '../../connection-settings.ts'
import { type AddressForm, badConnection, parseAddress } from '../../server-address.ts'

/** Spelt out: whoever compiles against the package need not have the types of Node. */
type Environment = Readonly<Record<string, string | undefined>>

/** Where the queues are, and who may reach them. Credentials come from the SDK's own chain. */
export interface SqsConnection {
  /** Default: the SDK's own chain (AWS_REGION, the profile, …), or what the queues' URLs say. */
  region?: string
  /** Of an emulator or a VPC endpoint. Default: AWS's own, or SQS_ENDPOINT. */
  endpoint?: string
  /** What a queue's name follows in its URL; looked up by name without it. Default: SQS_QUEUE_URL_PREFIX. */
  queueUrlPrefix?: string
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  /** Create queues that are missing, with their dead letter queues and redrive policies. Default false. */
  createQueues?: boolean
}

/** A connection that was checked, with what the environment adds. */
export interface Target {
  /** Undefined: the SDK knows. */
  region: string | undefined
  endpoint: string | undefined
  queueUrlPrefix: string | undefined
  credentials: SqsConnection['credentials']
  createQueues: boolean
  /** For people; never a secret. */
  address: string
}

const schemes = ['https://', 'http://']
const endpointForm: AddressForm = {
  schemes,
  examples: ['http://localhost:4566'],
  otherwise: 'Or leave it out, to use AWS.',
}
const prefixForm: AddressForm = {
  schemes,
  examples: ['https://sqs.eu-west-1.amazonaws.com/123456789012/'],
}

/**
 * Reads the connection, SQS_ENDPOINT and SQS_QUEUE_URL_PREFIX where it says nothing, and the project's
 * settings where these do not either.
 * @throws PikkuQueueError PKQ605 when an endpoint or a prefix is no URL, or credentials are half given.
 */
export function resolveTarget(
  connection: SqsConnection = {},
  settings: ConnectionSettings = {},
  environment: Environment = process.env,
): Target {
  const { credentials, createQueues = false } = connection
  const endpoint = firstOf([
    [connection.endpoint, 'connection.endpoint'],
    [environment.SQS_ENDPOINT || undefined, 'SQS_ENDPOINT'],
    [settings.endpoint, settingName('sqs', 'endpoint')],
  ])
  const prefix = firstOf([
    [connection.queueUrlPrefix, 'connection.queueUrlPrefix'],
    [environment.SQS_QUEUE_URL_PREFIX || undefined, 'SQS_QUEUE_URL_PREFIX'],
    [settings.queueUrlPrefix, settingName('sqs', 'queueUrlPrefix')],
  ])
  if (credentials && !(credentials.accessKeyId && credentials.secretAccessKey)) {
    throw badConnection(
      'the credentials of the SQS connection are incomplete',
      'Give { accessKeyId, secretAccessKey }, or none at all to use those of the environment.',
    )
  }
  const server = endpoint && parseAddress(...endpoint, endpointForm)
  const queues = prefix && parseAddress(...prefix, prefixForm)
  const region =
    connection.region ??
    (queues && regionOf(queues)) ??
    (server && regionOf(server)) ??
    (ownRegion(environment) === undefined ? settings.region : undefined)
  return {
    // An emulator takes any, but the SDK wants one to sign for.
    region: region ?? (server && !ownRegion(environment) ? 'us-east-1' : undefined),
    endpoint: endpoint?.[0],
    queueUrlPrefix: queues && completePrefix(queues),
    credentials,
    createQueues,
    address: describe(server ?? queues, region ?? ownRegion(environment)),
  }
}

/** Of AWS's own hosts. */
function regionOf({ hostname }: URL): string | undefined {
  return /^(?:[\w-]+\.)?sqs(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com|vpce\.|api\.aws)/.exec(
    hostname,
  )?.[1]
}

function ownRegion(environment: Environment): string | undefined {
  return environment.AWS_REGION || environment.AWS_DEFAULT_REGION || undefined
}

/** The account's number wants a slash after it; the beginning of queue names does not. */
function completePrefix({ href, pathname }: URL): string {
  return /^\/\d+$/.test(pathname) ? `${href}/` : href
}

function describe(url: URL | undefined, region: string | undefined): string {
  if (url) return `${url.host}${region === undefined ? '' : ` (${region})`}`
  return region === undefined ? 'the region of the AWS profile' : region
}

/** What is given first, and what a message calls it. */
function firstOf(
  choices: readonly (readonly [text: string | undefined, source: string])[],
): [text: string, source: string] | undefined {
  for (const [text, source] of choices) if (text !== undefined) return [text, source]
  return undefined
}

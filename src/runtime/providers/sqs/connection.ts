import type { ConnectionSettings } from '../../connection-settings.ts'
import { errorCodes, PikkuQueueError } from '../../errors.ts'

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
  const endpoint = connection.endpoint ?? (environment.SQS_ENDPOINT || settings.endpoint)
  const prefix =
    connection.queueUrlPrefix ?? (environment.SQS_QUEUE_URL_PREFIX || settings.queueUrlPrefix)
  if (credentials && !(credentials.accessKeyId && credentials.secretAccessKey)) {
    throw bad(
      'the credentials of the SQS connection are incomplete',
      'Give { accessKeyId, secretAccessKey }, or none at all to use those of the environment.',
    )
  }
  const server = endpoint === undefined ? undefined : parse('endpoint', endpoint)
  const queues = prefix === undefined ? undefined : parse('queueUrlPrefix', prefix)
  const region =
    connection.region ??
    (queues && regionOf(queues)) ??
    (server && regionOf(server)) ??
    (ownRegion(environment) === undefined ? settings.region : undefined)
  return {
    // An emulator takes any, but the SDK wants one to sign for.
    region: region ?? (server && !ownRegion(environment) ? 'us-east-1' : undefined),
    endpoint,
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

function parse(what: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && ['http:', 'https:'].includes(url.protocol)) return url
  throw bad(
    `the ${what} of SQS is not a URL`,
    what === 'endpoint'
      ? 'Write it as http://host:port, or leave it out to use AWS. It may come from SQS_ENDPOINT.'
      : 'Write it as https://sqs.<region>.amazonaws.com/<account>/. It may come from SQS_QUEUE_URL_PREFIX.',
  )
}

function bad(message: string, hint: string): PikkuQueueError {
  return new PikkuQueueError(errorCodes.badConnection, message, { hint })
}

import { describe, expect, it } from 'vitest'
import { resolveTarget } from '../../../src/runtime/providers/sqs/connection.ts'
import { toSqsError } from '../../../src/runtime/providers/sqs/connection-errors.ts'
import { SqsProvider } from '../../../src/runtime/providers/sqs/sqs-provider.ts'
import { sqsConnection } from '../../support/sqs.ts'
import { type SqsAnswer, sqsError } from '../../support/sqs-proxy.ts'
import {
  declaration,
  job,
  listeningLogger,
  openBehindProxy,
  openProvider,
  queueName,
  sendOne,
  Stranger,
  work,
  until,
} from './fixture.ts'

const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'hunter2' }

describe('the connection', () => {
  it('is what was given, and else what the environment says', () => {
    const environment = {
      SQS_ENDPOINT: 'http://localhost:4566',
      SQS_QUEUE_URL_PREFIX: 'https://sqs.eu-west-1.amazonaws.com/123456789012/',
    }
    expect(resolveTarget({}, {}, environment)).toEqual({
      region: 'eu-west-1',
      endpoint: 'http://localhost:4566',
      queueUrlPrefix: 'https://sqs.eu-west-1.amazonaws.com/123456789012/',
      credentials: undefined,
      createQueues: false,
      address: 'localhost:4566 (eu-west-1)',
    })
    const given = {
      endpoint: 'http://h:1',
      region: 'x',
      queueUrlPrefix: 'http://h:1/q/',
      credentials,
    }
    expect(resolveTarget(given, {}, environment)).toMatchObject({ ...given, address: 'h:1 (x)' })
  })

  it('goes by the environment before the settings of the project', () => {
    const settings = {
      endpoint: 'http://settings:1',
      region: 'eu-west-1',
      queueUrlPrefix: 'http://settings:1/q/',
    }
    expect(resolveTarget({}, settings, {})).toMatchObject(settings)
    const environment = { SQS_ENDPOINT: 'http://env:1', AWS_REGION: 'eu-west-3' }
    expect(resolveTarget({}, settings, environment)).toMatchObject({
      ...{ endpoint: 'http://env:1', region: undefined },
      queueUrlPrefix: settings.queueUrlPrefix,
    })
    expect(resolveTarget({ region: 'x' }, settings, environment).region).toBe('x')
  })

  it('knows the region of AWS’s own addresses', () => {
    const region = (queueUrlPrefix: string) => resolveTarget({ queueUrlPrefix }, {}, {}).region
    expect(region('https://sqs.eu-central-1.amazonaws.com/1/')).toBe('eu-central-1')
    expect(region('https://sqs.cn-north-1.amazonaws.com.cn/1/')).toBe('cn-north-1')
    expect(region('https://vpce-1a.sqs.us-east-2.vpce.amazonaws.com/1/')).toBe('us-east-2')
    expect(region('https://example.com/1/')).toBeUndefined()
    expect(resolveTarget({ endpoint: 'http://localhost:1' }, {}, {}).region).toBe('us-east-1')
    // The SDK reads it by itself.
    const environment = { AWS_REGION: 'eu-west-3' }
    expect(resolveTarget({ endpoint: 'http://localhost:1' }, {}, environment)).toMatchObject({
      region: undefined,
      address: 'localhost:1 (eu-west-3)',
    })
    expect(resolveTarget({}, {}, {}).address).toBe('the region of the AWS profile')
  })

  it('adds the slash after an account, and nothing to the beginning of names', () => {
    const prefix = (queueUrlPrefix: string) =>
      resolveTarget({ queueUrlPrefix }, {}, {}).queueUrlPrefix
    expect(prefix('https://h/123456789012')).toBe('https://h/123456789012/')
    expect(prefix('https://h/123456789012/prod-')).toBe('https://h/123456789012/prod-')
  })

  it.each([
    [{ endpoint: 'localhost:4566' }],
    [{ endpoint: 'redis://localhost' }],
    [{ queueUrlPrefix: 'prod-' }],
    [{ credentials: { accessKeyId: 'AKIA', secretAccessKey: '' } }],
  ])('is refused when it cannot be: %j', (connection) => {
    expect(() => resolveTarget(connection, {}, {})).toThrow(
      expect.objectContaining({ code: 'PKQ605' }),
    )
  })
})

describe('an address that is none is called by where it comes from', () => {
  const says = ' does not start with https:// or http://'

  it.each([
    ['connection.endpoint', { endpoint: 'foo' }, {}, {}],
    ['SQS_ENDPOINT', {}, {}, { SQS_ENDPOINT: 'foo' }],
    ['connection.sqs.endpoint of pikku.config.json', {}, { endpoint: 'foo' }, {}],
    ['connection.queueUrlPrefix', { queueUrlPrefix: 'foo' }, {}, {}],
    ['SQS_QUEUE_URL_PREFIX', {}, {}, { SQS_QUEUE_URL_PREFIX: 'foo' }],
    ['connection.sqs.queueUrlPrefix of pikku.config.json', {}, { queueUrlPrefix: 'foo' }, {}],
  ])('%s', (source, connection, settings, environment) => {
    expect(() => resolveTarget(connection, settings, environment)).toThrow(`${source}${says}`)
  })
})

describe('what AWS answers', () => {
  const target = resolveTarget({ region: 'eu-west-1', credentials }, {}, {})
  const named = (name: string, message = `about hunter2`, more = {}) =>
    toSqsError(Object.assign(new Error(message), { name }, more), target)

  it.each([
    ['ECONNREFUSED', 'PKQ601'],
    ['ENOTFOUND', 'PKQ601'],
  ])('%s is %s', (code, expected) => {
    expect(named('Error', 'connect', { code })).toMatchObject({ code: expected })
  })

  it.each([
    ['TimeoutError', 'PKQ601'],
    ['CredentialsProviderError', 'PKQ602'],
    ['InvalidClientTokenId', 'PKQ602'],
    ['SignatureDoesNotMatch', 'PKQ602'],
    ['ExpiredToken', 'PKQ602'],
    ['UnrecognizedClientException', 'PKQ602'],
    ['AccessDenied', 'PKQ602'],
    ['InvalidParameterValue', 'PKQ608'],
  ])('%s is %s', (name, expected) => {
    expect(named(name)).toMatchObject({ code: expected, hint: expect.any(String) })
  })

  it('is worth another try when it is AWS’s own fault', () => {
    const metadata = { $metadata: { httpStatusCode: 503 } }
    expect(named('ServiceUnavailable', 'later', metadata)).toMatchObject({ code: 'PKQ601' })
  })

  it('is not repeated where it could hold a secret', () => {
    for (const name of ['SignatureDoesNotMatch', 'InvalidClientTokenId', 'IncompleteSignature']) {
      expect(named(name).message).not.toContain('hunter2')
    }
    expect(named('AccessDenied', 'User: arn:1 is not authorized\nmore').message).toMatch(
      /does not permit it: User: arn:1 is not authorized$/,
    )
  })
})

describe('connecting', () => {
  const nowhere = { endpoint: 'http://127.0.0.1:9' }

  it('fails soon where there is no server', async () => {
    const startedAt = performance.now()
    const open = openProvider({ queues: [declaration('jobs')], connection: nowhere })
    await expect(open).rejects.toMatchObject({
      code: 'PKQ601',
      message: 'SQS at 127.0.0.1:9 (us-east-1) cannot be reached (ECONNREFUSED)',
    })
    const producer = await openProvider({
      queues: [declaration('jobs')],
      connection: nowhere,
      role: 'producer',
    })
    const results = await producer.send(
      'jobs',
      Array.from({ length: 50 }, () => job()),
    )
    expect(results).toHaveLength(50)
    for (const result of results) expect(result).toMatchObject({ error: { code: 'PKQ601' } })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  it('fails within five seconds where nothing answers', async () => {
    const { proxy, provider } = await openBehindProxy({ queues: [], role: 'producer' })
    proxy.intercept('GetQueueUrl', () => new Promise<SqsAnswer>(() => undefined))
    const startedAt = performance.now()
    await expect(sendOne(provider, 'jobs')).rejects.toMatchObject({ code: 'PKQ601' })
    expect(performance.now() - startedAt).toBeLessThan(7_000)
  })

  it('says what is wrong with the credentials', async () => {
    const { proxy, provider } = await openBehindProxy({ queues: [], role: 'producer' })
    proxy.intercept('GetQueueUrl', () => sqsError('InvalidClientTokenId', 'no such token', 403))
    await expect(sendOne(provider, 'jobs')).rejects.toMatchObject({
      code: 'PKQ602',
      message: expect.stringContaining('refused the credentials (InvalidClientTokenId)'),
    })
  })

  it('goes by the prefix without a look, and by its queues’ own names', async () => {
    const name = queueName()
    const stranger = new Stranger()
    await stranger.create(`prod-${name}`)
    const queueUrlPrefix = `${sqsConnection().endpoint}/000000000000/prod-`
    const connection = { queueUrlPrefix, createQueues: false }
    const { proxy, provider } = await openBehindProxy({ queues: [declaration(name)], connection })
    await sendOne(provider, name, { data: 'here' })
    const seen = work(provider, name)
    await until(() => seen.jobs.length === 1, 'the job')
    expect(seen.jobs[0]?.queueName).toBe(name)
    expect(proxy.requests.map(({ action }) => action)).not.toContain('GetQueueUrl')
    const missing = openProvider({ queues: [declaration(queueName())], connection })
    await expect(missing).rejects.toMatchObject({ code: 'PKQ402' })
    // Where queues may be created, they get the whole name.
    const other = queueName()
    await openProvider({ queues: [declaration(other)], connection: { queueUrlPrefix } })
    expect(await stranger.counts(`prod-${other}`)).toEqual([0, 0, 0])
  })

  it('can be closed before, while and after it is opened, and not be used then', async () => {
    const provider = new SqsProvider({
      connection: { ...sqsConnection(), createQueues: true },
      role: 'worker',
      logger: listeningLogger(),
    })
    await provider.close(1_000)
    const opening = provider.open([declaration(queueName())])
    await provider.close(1_000)
    await opening
    await provider.close(1_000)
    await expect(provider.send('jobs', [job()])).rejects.toMatchObject({ code: 'PKQ408' })
  })
})

import { describe, expect, it } from 'vitest'
import { chooseProvider } from '../../src/runtime/choose-provider.ts'

describe('chooseProvider', () => {
  const environment = { DATABASE_URL: 'postgres://localhost/app' }

  it('prefers what was asked, then the config, then the environment, then embedded', () => {
    expect(chooseProvider({ asked: 'embedded', configured: 'pg-boss', environment }).name).toBe(
      'embedded',
    )
    expect(chooseProvider({ configured: 'embedded', environment }).name).toBe('embedded')
    expect(chooseProvider({ environment }).name).toBe('pg-boss')
    expect(chooseProvider({ environment: {} }).name).toBe('embedded')
    expect(chooseProvider({ environment: { DATABASE_URL: '' } }).name).toBe('embedded')
  })

  it('goes by the variables in one order', () => {
    const all = {
      SQS_QUEUE_URL_PREFIX: 'https://sqs.eu-west-1.amazonaws.com/123456789012/',
      ...environment,
      REDIS_URL: 'redis://localhost',
    }
    expect(chooseProvider({ environment: all })).toEqual({
      name: 'bullmq',
      because: 'REDIS_URL is set',
    })
    expect(chooseProvider({ environment: { ...all, REDIS_URL: undefined } }).name).toBe('pg-boss')
    const { SQS_QUEUE_URL_PREFIX } = all
    expect(chooseProvider({ environment: { SQS_QUEUE_URL_PREFIX } }).name).toBe('sqs')
    // Lambda and CI set it, whatever runs there.
    expect(chooseProvider({ environment: { AWS_REGION: 'eu-west-1' } }).name).toBe('embedded')
  })

  it('names the choices when there is no such provider', () => {
    expect(() => chooseProvider({ asked: 'rabbit', environment })).toThrow(
      expect.objectContaining({
        code: 'PKQ604',
        message: 'there is no provider "rabbit"',
        hint: 'Choose one of: bullmq, pg-boss, sqs, embedded.',
      }) as Error,
    )
    expect(() => chooseProvider({ asked: 'toString', environment })).toThrow('no provider')
  })
})

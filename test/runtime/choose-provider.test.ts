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

  it('names the choices when there is no such provider', () => {
    expect(() => chooseProvider({ asked: 'rabbit', environment })).toThrow(
      expect.objectContaining({
        code: 'PKQ604',
        message: 'there is no provider "rabbit"',
        hint: 'Choose one of: pg-boss, embedded.',
      }) as Error,
    )
    expect(() => chooseProvider({ asked: 'toString', environment })).toThrow('no provider')
  })
})

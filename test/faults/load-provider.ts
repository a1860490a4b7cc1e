import type { CreateProvider } from '../../src/runtime/provider.ts'

/** Of a provider's entry point, in this process or in another one: hence any connection will do. */
export async function loadProvider(entryPoint: string): Promise<CreateProvider> {
  const { createProvider } = (await import(entryPoint)) as { createProvider: CreateProvider }
  return createProvider
}

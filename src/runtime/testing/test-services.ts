import { createServices, type ServiceContainer, type ServiceFactories } from '../services.ts'
import type { Logger } from '../types.ts'

/**
 * Stand-ins for a project's services: those that the tested functions use, and of each no more than they
 * use of it. `Services` of the generated `pikku-types.gen.ts` is what they stand in for.
 *
 *     const services = { emailService: { send: async () => {} } } satisfies FakeServices<Services>
 */
export type FakeServices<Services> = { [Name in keyof Services]?: Fake<Services[Name]> }

type Fake<Service> = Service extends (...given: never[]) => unknown
  ? Service
  : Service extends object
    ? { [Member in keyof Service]?: Service[Member] }
    : Service

/** What factories make, with the fakes over it. The fakes are the test's own to close. */
export async function createTestServices(
  factories: ServiceFactories,
  fakes: object,
  logger: Logger,
): Promise<ServiceContainer> {
  const { createSessionServices } = factories
  const made = await createServices(
    {
      ...factories,
      ...(createSessionServices && {
        createSessionServices: (singletons: object, interaction) =>
          Reflect.apply(createSessionServices, undefined, [
            { ...singletons, ...fakes },
            interaction,
          ]) as unknown,
      }),
    },
    logger,
  )
  return {
    ...made,
    async forJob(interaction) {
      const { services, close } = await made.forJob(interaction)
      return { services: { ...services, ...fakes, interaction }, close }
    },
  }
}

/** Runs a project's wired functions in a unit test, without a server or a worker process. */
export { createTestQueues, type TestQueues, type TestQueuesOptions } from './test-queues.ts'
export type { FakeServices } from './test-services.ts'

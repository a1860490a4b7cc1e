/** The public surface of `pikku-queue`: everything but the providers, which have their own paths. */
export { BulkAddError } from './bulk-add.ts'
export { capabilities, type Capabilities, type ProviderName } from './capabilities.ts'
export type { ClientOf } from './client-of.ts'
export type {
  ClientProvider,
  JobOptionsOn,
  ProgressOf,
  QueueHandle,
  QueueHandleOn,
  QueueHandles,
  QueueMap,
} from './client-types.ts'
export type { ConnectionSettings } from './connection-settings.ts'
export type { Contracts, FunctionDocs, JsonSchema, QueueContract } from './contract.ts'
export {
  type ClientClass,
  type ClientDefinition,
  type ClientOptions,
  createClient,
  defineClient,
  type ProviderLoaders,
} from './create-client.ts'
export {
  type CoreConfig,
  type CoreSingletonServices,
  createDefinitions,
  type DefineFunction,
  type Definitions,
  type ServicesFor,
} from './define.ts'
export {
  type ErrorCode,
  errorCodes,
  JobDiscardedError,
  JobFailedError,
  PikkuQueueError,
  UnrecoverableError,
  ValidationError,
  type ValidationIssue,
  WaitTimeoutError,
} from './errors.ts'
export type { JobEvent } from './job-events.ts'
export { createLogger, type LoggerOptions } from './logger.ts'
export type * from './provider.ts'
export type { AddArguments, BulkJob, WaitOptions } from './queue-handle.ts'
export { createRegistry, type Registry } from './registry.ts'
export { runWorker, type WorkerDefinition } from './run-worker.ts'
export { createServices, type ServiceContainer, type ServiceFactories } from './services.ts'
export type { StandardSchema } from './standard-schema.ts'
export type * from './transaction.ts'
export type * from './types.ts'
export type {
  FunctionBody,
  FunctionDefinition,
  Middleware,
  QueueFunction,
  QueueWiring,
  SchemaDefinition,
} from './wiring.ts'
export { Worker, type WorkerOptions } from './worker.ts'

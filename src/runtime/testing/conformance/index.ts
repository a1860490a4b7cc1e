/** The suite that every provider has to pass; for those who write one. */
export type { Backend, BackendFacts, RestartableServer, TestRunner, Tolerances } from './backend.ts'
export type { Capability, Case, Group, Need } from './case.ts'
export { conformanceCases, describeConformance } from './suite.ts'

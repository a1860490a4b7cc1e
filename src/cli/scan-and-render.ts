// What only a run that scans needs. The build makes a file of its own of it.
export { contractsOf } from './render/contracts.ts'
export { renderProject } from './render/render-project.ts'
export { findClientUses } from './scan/client-uses.ts'
export { ProjectScanner } from './scan/scan-project.ts'

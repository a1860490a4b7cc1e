// What only a run that finds something changed needs. The build makes a file of its own of it.
export { renderProject } from './render/render-project.ts'
export { ProjectScanner } from './scan/scan-project.ts'

import { getLibFiles } from '@ts-morph/common'

const names = ['lib.es5.d.ts', 'lib.es2015.collection.d.ts']

/**
 * The standard libraries that have all of the types which travel. The build puts their texts in place of this module: to
 * load all libraries for two of them takes a tenth of a run.
 */
export const narrowLibraries = getLibFiles()
  .filter(({ fileName }) => names.includes(fileName))
  .map(({ fileName, text }) => ({ fileName, text }))

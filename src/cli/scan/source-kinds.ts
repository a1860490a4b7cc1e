/** What a file is, by its path alone. */

export const isDeclaration = (path: string): boolean => /\.d\.[cm]?ts$/.test(path)

export const isTypeScript = (path: string): boolean =>
  /\.[cm]?tsx?$/.test(path) && !isDeclaration(path)

/** The packages of a workspace are linked into node_modules, but do not lie there. */
export const isInstalled = (path: string): boolean =>
  path.includes('/node_modules/') || path.startsWith('node_modules/')

/** The folder of this package. As deep below it as this file is the one that the build makes of it: see build-cli.ts. */
export const packageRoot = new URL('../../', import.meta.url)

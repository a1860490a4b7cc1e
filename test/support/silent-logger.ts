import type { Logger } from '../../src/runtime/types.ts'

const nothing = () => undefined

export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

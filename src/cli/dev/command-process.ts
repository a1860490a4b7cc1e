import { endWithParent } from './end-with-parent.ts'

/* A command beside the worker of `pikku dev`: node command-process.js COMMAND FLAGS… */

endWithParent()
const { ended } = await import('../main.ts')
await ended

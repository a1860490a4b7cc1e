import { restartNotice } from '../../runtime/restart-notice.ts'
import { reportFailure } from '../report.ts'
import { runBundle } from '../run-bundle.ts'
import { endWithParent } from './end-with-parent.ts'

/*
 * The worker of `pikku dev`: node worker-process.js BUNDLE FLAGS…
 * It says when it has loaded the user's files. From then on it is like any worker.
 */

endWithParent()
process.on('message', (message) => {
  // Whoever is to know of it has heard it, too, before the signal comes.
  if (message === restartNotice) process.kill(process.pid, 'SIGTERM')
})
try {
  await runBundle(process.argv[2] ?? '')
  process.send?.('loaded')
} catch (error) {
  // Without waiting for what the user's files have opened before they threw.
  process.exit(reportFailure(error))
}

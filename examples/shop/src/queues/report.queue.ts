import { wireQueueWorker } from '#pikku/pikku-types.gen.js'
import { generateReport } from '../functions/report.function.js'

wireQueueWorker({
  queue: 'reports',
  func: generateReport,
})

import { wireQueueWorker } from '#pikku/pikku-types.gen.js'
import { processPayment } from '../functions/payment.function.js'
import { auditMiddleware } from '../middleware.js'

wireQueueWorker({
  // Required
  queue: 'payments',
  func: processPayment,

  // Optional configuration
  config: {
    // Processing
    batchSize: 3, // Messages to process in batch/parallel
    prefetch: 10, // Messages to prefetch for efficiency
    pollInterval: 5000, // Polling interval for pull-based queues (ms)

    // Timeouts
    visibilityTimeout: 300, // Message visibility timeout (seconds)
    lockDuration: 30000, // Job lock duration (ms)
    drainDelay: 5, // Wait time when queue is empty (seconds)

    // Job Management
    removeOnComplete: 100, // Keep N completed jobs
    removeOnFail: 50, // Keep N failed jobs
    maxStalledCount: 3, // Max job recovery attempts

    // Retries
    attempts: 3,
    backoff: { type: 'exponential', delay: 500 },
    deadLetterQueue: 'payments-dead',

    // Other
    name: 'payment-worker', // Worker name for monitoring
    autorun: true, // Auto-start processor
  },

  // Optional middleware
  middleware: [auditMiddleware],

  // Optional tags
  tags: ['payments', 'critical'],
})

import { wireQueueWorker } from '#pikku/pikku-types.gen.js'
import { reviewPayment } from '../functions/payment.function.js'

wireQueueWorker({
  queue: 'payments-dead',
  func: reviewPayment,
})

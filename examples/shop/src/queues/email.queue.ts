import { wireQueueWorker } from '#pikku/pikku-types.gen.js'
import { sendWelcomeEmail } from '../functions/email.function.js'

wireQueueWorker({
  queue: 'email',
  func: sendWelcomeEmail,
})

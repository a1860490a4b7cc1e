import { Database } from './services/database.ts'
import { EmailService } from './services/email-service.ts'
import { PaymentService } from './services/payment-service.ts'

export const createConfig = () => ({ paymentLimit: 1000 })

/** Made once for each worker; what it returns is what functions get as `services`. */
export const createSingletonServices = (config: ReturnType<typeof createConfig>) => ({
  emailService: new EmailService(),
  paymentService: new PaymentService(config.paymentLimit),
  database: new Database(),
})

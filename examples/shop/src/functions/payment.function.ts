import { pikkuSessionlessFunc } from '#pikku/pikku-types.gen.js'

export const processPayment = pikkuSessionlessFunc<
  { orderId: string; amount: number; currency: string },
  { transactionId: string }
>({
  func: async ({ database, paymentService }, data) => {
    const transaction = await paymentService.charge({
      amount: data.amount,
      currency: data.currency,
    })

    await database.update('orders', {
      where: { orderId: data.orderId },
      set: { transactionId: transaction.id, status: 'paid' },
    })

    return { transactionId: transaction.id }
  },
  auth: false,
  docs: {
    summary: 'Process payment for an order',
    tags: ['payments'],
    errors: ['PaymentFailedError'],
  },
})

/** Works on the dead letters of `processPayment`: the same payload, and why it failed. */
export const reviewPayment = pikkuSessionlessFunc<
  { orderId: string; amount: number; currency: string },
  void
>({
  func: async ({ logger, interaction }, data) => {
    const origin = interaction.queue?.origin
    logger.info(`Order ${data.orderId} needs a person`, {
      failedIn: origin?.queueName,
      attempts: origin?.attemptsMade,
      reason: origin?.error?.message,
    })
  },
  auth: false,
  docs: { summary: 'Hand a payment that failed for good to a person', tags: ['payments'] },
})

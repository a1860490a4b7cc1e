export class PaymentFailedError extends Error {
  override name = 'PaymentFailedError'
}

/** Stands in for a payment provider: declines every amount above its limit. */
export class PaymentService {
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  async charge({
    amount,
    currency,
  }: {
    amount: number
    currency: string
  }): Promise<{ id: string }> {
    await new Promise((resolve) => setTimeout(resolve, 50))
    if (amount > this.#limit) {
      throw new PaymentFailedError(`card declined: ${amount} ${currency} is over the limit`)
    }
    return { id: `tx_${amount}${currency.toLowerCase()}` }
  }
}

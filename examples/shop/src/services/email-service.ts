export interface Mail {
  to: string
  subject: string
  template: string
  data: Record<string, string>
}

/** Stands in for a mail provider: takes a moment, then keeps what it was given. */
export class EmailService {
  readonly sent: Mail[] = []

  async send(mail: Mail): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 50))
    this.sent.push(mail)
  }
}

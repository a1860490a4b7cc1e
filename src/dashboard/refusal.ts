/** What the board answers with instead of doing it; it shows the message. */
export class Refusal extends Error {
  /** Read by the board's error handler. */
  readonly statusCode: 400 | 405 | 409

  constructor(statusCode: 400 | 405 | 409, message: string) {
    super(message)
    this.name = 'Refusal'
    this.statusCode = statusCode
  }
}

export const notHere = (what: string): Refusal =>
  new Refusal(405, `${what} is not possible on these queues`)

/** Type names that the client file uses itself: no payload type may get one of them. */
export const reservedNames = [
  'ClientOptions',
  'Contracts',
  'PikkuQueue',
  'QueueClient',
  'QueueProvider',
  'Queues',
] as const

/** Type names that the client file uses itself: no payload type may get one of them. */
export const reservedNames = [
  'ClientOf',
  'ClientOptions',
  'ClientProvider',
  'Contracts',
  'PikkuQueue',
  'Queues',
] as const

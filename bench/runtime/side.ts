/** One of the two that are compared: this package, or a worker written by hand on the bare library. */
export interface Side {
  /** Stores jobs `{ n: 0 }`, `{ n: 1 }`, … by the fastest call there is for many. */
  addMany(count: number): Promise<void>
  /** The same by as many single calls at once. */
  addEach(count: number): Promise<void>
  /** Starts working; resolves when jobs are being fetched. */
  work(concurrency: number, handle: Handle): Promise<void>
  /** Resolves when everything that was handled is settled and the connections are closed. */
  close(): Promise<void>
}

export type Handle = (data: { n: number }) => Promise<{ ok: boolean }>

export type OpenSide = (server: string, queue: string) => Promise<Side>

export const attempts = 3

export const payloads = (count: number) => Array.from({ length: count }, (_, n) => ({ n }))

import { isRace } from './connection-errors.ts'

/** Several processes may change the same thing at once; what one of them changed, the next finds as it should be. */
export async function again<Result>(change: () => Promise<Result>, tries = 5): Promise<Result> {
  for (;;) {
    try {
      return await change()
    } catch (error) {
      tries -= 1
      if (tries === 0 || !isRace(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 200))
    }
  }
}

/** Total runs of a job that says nothing itself, on a queue that says nothing either. */
export const defaultAttempts = 3

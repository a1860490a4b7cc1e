/** The worker options that a job takes along: they are part of a contract, because its producer sets them. */
export const contractOptions = ['attempts', 'backoff', 'timeout', 'deadLetterQueue']

export const isContractOption = (option: string): boolean => contractOptions.includes(option)

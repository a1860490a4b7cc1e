/** What a process that starts its worker anew sends it before it ends it; such an end is no news. */
export const restartNotice = 'pikku: restart'

/**
 * BullMQ runs the lowest number first, from 1 to 2,097,151, and jobs without one before all of them.
 * Ours reach from −1,000,000 to 1,000,000, higher first. So every job gets a number: one without
 * would overtake those of a high priority.
 */
const middle = 1_000_001

/** What BullMQ sorts the job by. */
export function toBullmqPriority(priority: number): number {
  return middle - priority
}

export const usualPriority = toBullmqPriority(0)

/** What a run came upon where the folders of the project do not lead; absolute. */
export interface Reached {
  /** What it read, and the packages that it came through. */
  found: readonly string[]
  /** Where it looked and there was nothing: what comes to be there would be found first. */
  missing: readonly string[]
  /** Folders of which it takes whatever is in them. */
  folders: readonly string[]
}

export const nothingReached: Reached = { found: [], missing: [], folders: [] }

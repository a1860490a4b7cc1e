/** The known name that the given one is most likely a slip of, or null when none is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Letters to replace, remove, add or swap with their neighbour; one row at a time. */
function editDistance(from: string, to: string): number {
  const [start, letters] = [Array.from(from), Array.from(to)]
  let before: number[] = []
  let row = Array.from({ length: letters.length + 1 }, (_, index) => index)
  for (const [i, letter] of start.entries()) {
    const next = [i + 1]
    for (const [j, other] of letters.entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      const removed = (row[j + 1] ?? 0) + 1
      const added = (next[j] ?? 0) + 1
      const areSwapped = letter === letters[j - 1] && other === start[i - 1]
      const swapped = areSwapped ? (before[j - 1] ?? 0) + 1 : Infinity
      next.push(Math.min(replaced, removed, added, swapped))
    }
    before = row
    row = next
  }
  return row[letters.length] ?? 0
}

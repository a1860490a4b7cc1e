import { mostBytes, mostPerBatch } from './limits.ts'

/** Takes as many from the front as one call may carry: ten, and not too many bytes. */
export function takeBatch<Item extends { bytes: number }>(items: Item[]): Item[] {
  let bytes = 0
  let count = 0
  for (const item of items.slice(0, mostPerBatch)) {
    bytes += item.bytes
    if (count > 0 && bytes > mostBytes) break
    count += 1
  }
  return items.splice(0, count)
}

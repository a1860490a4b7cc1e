/** A statement of this many characters is quickly sent and parsed; UTF-8 may make it three times as long. */
const mostCharacters = 8 * 1024 * 1024

/** Something whose large part is written as JSON already, once. */
export interface Written {
  json: string
}

/**
 * Cuts rows into statements, in order: each of at most `mostRows`, and not much longer than what is
 * handled well. A row that is longer by itself has a statement of its own.
 */
export function* toBatches<Row extends Written>(
  rows: Iterable<Row>,
  mostRows = Infinity,
): Generator<Row[]> {
  let batch: Row[] = []
  let length = 0
  for (const row of rows) {
    const full = batch.length === mostRows || length + row.json.length > mostCharacters
    if (full && batch.length > 0) {
      yield batch
      batch = []
      length = 0
    }
    batch.push(row)
    length += row.json.length
  }
  if (batch.length > 0) yield batch
}

/** The two halves of a batch that one of its rows spoils. */
export function halve<Row>(batch: Row[]): [Row[], Row[]] {
  const middle = Math.ceil(batch.length / 2)
  return [batch.slice(0, middle), batch.slice(middle)]
}

/** Writes a row with a property whose JSON is there already. */
export function writeRow(row: object, key: string, json: string): string {
  return `${JSON.stringify(row).slice(0, -1)},"${key}":${json}}`
}

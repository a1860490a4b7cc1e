import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { OutgoingJob, SendResult } from '../../provider.ts'
import type { Transaction } from '../../transaction.ts'
import { toBatches } from './batches.ts'
import type { Target } from './connection.ts'
import { codeOf, firstLine, messageOf } from '../../error-parts.ts'
import { insert, toNewJobs, toRefusal } from './send.ts'

/**
 * Stores the jobs inside the caller's transaction. No statement is sent again, and none after one that
 * failed: the transaction takes no others then.
 */
export async function sendJobsIn(
  tx: Transaction,
  target: Target,
  queue: string,
  jobs: OutgoingJob[],
): Promise<SendResult[]> {
  // What would fail for its own sake must not take the transaction with it.
  const isStorable = ({ id = '' }: OutgoingJob) => id.isWellFormed() && !id.includes('\u0000')
  const sent = await insertIn(tx, target, queue, jobs.filter(isStorable))
  return jobs.map((job) => {
    const result = isStorable(job) ? sent.shift() : undefined
    return result ?? { error: toRefusal('its id has characters that text cannot hold') }
  })
}

async function insertIn(
  tx: Transaction,
  target: Target,
  queue: string,
  jobs: OutgoingJob[],
): Promise<SendResult[]> {
  const results: SendResult[] = []
  const statements = {
    schema: target.schema,
    // The edge to the driver, where SQL has no types.
    query: async <Row>(text: string, values: string[]) =>
      rowsOf(await run(tx, text, values)) as Row[],
  }
  try {
    for (const batch of toBatches(toNewJobs(queue, jobs))) {
      await insert(statements, queue, batch)
      for (const { id } of batch) results.push({ id })
    }
    return results
  } catch (thrown) {
    const error = toTransactionError(thrown, target)
    return jobs.map((_, n) => results[n] ?? { error })
  }
}

/** Runs a statement in the way of the library that the transaction is of. */
function run(tx: Transaction, text: string, values: string[]): PromiseLike<unknown> {
  if ('$queryRawUnsafe' in tx) return tx.$queryRawUnsafe(text, ...values)
  if ('executeQuery' in tx) {
    const query = { kind: 'RawNode', sqlFragments: [text], parameters: [] } as const
    const queryId = { queryId: 'pikku-queue' }
    return tx.executeQuery({ sql: text, parameters: values, query, queryId })
  }
  if ('raw' in tx) {
    // Knex counts question marks instead, of which we have none.
    const inOrder = [...text.matchAll(/\$(\d)/g)].map(([, n]) => values[Number(n) - 1] ?? '')
    return tx.raw(text.replaceAll(/\$\d/g, '?'), inOrder)
  }
  if ('execute' in tx) {
    // Drizzle's own tag would have to come from the user's copy of it; this is what it makes.
    const sql = { getSQL: () => sql, toQuery: () => ({ sql: text, params: values }) }
    return tx.execute(sql)
  }
  return tx.query(text, values)
}

/** Some answer with a result, others with its rows. */
function rowsOf(answer: unknown): unknown[] {
  const rows: unknown =
    typeof answer === 'object' && answer !== null && 'rows' in answer ? answer.rows : answer
  return Array.isArray(rows) ? rows : []
}

function toTransactionError(thrown: unknown, { schema, address }: Target): Error {
  if (thrown instanceof PikkuQueueError) return thrown
  const error = rootOf(thrown)
  const { code, said } = answerOf(error)
  const isElsewhere = ['42P01', '3F000'].includes(code)
  return new PikkuQueueError(
    errorCodes.providerRefused,
    `the transaction could not store the job: ${said}`,
    {
      hint: isElsewhere
        ? `It has to be one of the database of the queues, ${address}, schema "${schema}".`
        : 'It can only be rolled back now.',
      cause: error,
    },
  )
}

/** The server's own code, and the first line of what it said. */
function answerOf(error: unknown): { code: string; said: string } {
  const text = messageOf(error)
  const [, code, message] = prismaAnswer.exec(text) ?? []
  // Knex puts the statement before what the server said, with the payload in it.
  const said = message ?? text.replace(/^[^]*AS woken - /, '')
  return { code: code ?? codeOf(error), said: firstLine(said) }
}

/** At the end of a message of several lines, the first of which are empty. */
const prismaAnswer = /Raw query failed\. Code: `(\w+)`\. Message: `([^]*)`\s*$/

/** Drizzle wraps what the server said, and repeats the statement with the payload. */
function rootOf(thrown: unknown): unknown {
  return thrown instanceof Error && thrown.cause instanceof Error ? rootOf(thrown.cause) : thrown
}

import { claimColumns, claimHolds } from './claims.ts'

/**
 * One statement for each outcome, settling any number of jobs of any queues. Parameters: $1 the
 * claims as JSON, $2 our hint channel, $3 the hints to send. Each returns the numbers (`n`) of the
 * claims that still held; the others were lost and nothing happened to their jobs.
 */
const input = `
  input AS (
    SELECT * FROM json_to_recordset($1::text::json)
      AS i (${claimColumns}, output jsonb, "delayMs" float8)
  )`

const hints = `(SELECT count(pg_notify($2, h.payload)) FROM unnest($3::text[]) AS h (payload))`

function update(schema: string, assignments: string, returning = 'i.n'): string {
  return `
    settled AS (
      UPDATE ${schema}.job j SET ${assignments}
      FROM input i
      WHERE ${claimHolds}
      RETURNING ${returning}
    )`
}

const later = (schema: string) => `${schema}.job_now() + i."delayMs" * interval '1 millisecond'`

export function doneSql(schema: string): string {
  return `WITH ${input}, ${update(
    schema,
    `state = 'completed', completed_on = ${schema}.job_now(), output = i.output`,
  )}
  SELECT n, ${hints} FROM settled`
}

export function retrySql(schema: string): string {
  return `WITH ${input}, ${update(
    schema,
    `state = 'retry', start_after = ${later(schema)}, heartbeat_on = NULL, output = i.output`,
  )}
  SELECT n, ${hints} FROM settled`
}

export function discardSql(schema: string): string {
  return `WITH ${input}, ${update(
    schema,
    `state = 'cancelled', completed_on = ${schema}.job_now(), heartbeat_on = NULL,
     output = i.output`,
  )}
  SELECT n, ${hints} FROM settled`
}

/** As pg-boss restores a job: without a start, the next claim does not count as another attempt. */
export function releaseSql(schema: string): string {
  return `WITH ${input}, ${update(
    schema,
    `state = 'created', start_after = ${later(schema)}, started_on = NULL, heartbeat_on = NULL,
     heartbeat_seconds = i."visibilitySeconds"`,
    'i.n, j.name',
  )}
  SELECT n, ${hints},
    (SELECT count(pg_notify($4, r.name)) FROM (SELECT DISTINCT name FROM settled) r)
  FROM settled`
}

/** Failed for good: the dead letter comes into being in the statement that fails the job. */
export function deadSql(schema: string): string {
  return `WITH ${input}, ${update(
    schema,
    `state = 'failed', completed_on = ${schema}.job_now(), heartbeat_on = NULL,
     output = i.output`,
    'i.n, j.*',
  )},
  ${deadLetters(schema)}
  SELECT n, ${hints}, ${wakeDeadLetters('$4')} FROM settled`
}

/**
 * Finds the jobs whose workers went silent. A started one has lost an attempt: it waits for the next
 * (pg-boss's whole-second retry_delay), or has failed for good. One that was only reserved goes back
 * as it was. $1 queues, $2 their visibility timeouts in seconds, for reserved jobs; $3 the error, $4
 * the channel that wakes workers.
 */
export function crashSql(schema: string): string {
  return `
    WITH lapsed AS (
      SELECT j.name, j.id, COALESCE(j.heartbeat_seconds, q.seconds) AS seconds
      FROM unnest($1::text[], $2::int[]) AS q (name, seconds)
      JOIN ${schema}.job j ON j.name = q.name AND j.state = 'active'
        AND j.heartbeat_on + COALESCE(j.heartbeat_seconds, q.seconds) * interval '1 second'
          < ${schema}.job_now()
      LIMIT 500
      FOR UPDATE OF j SKIP LOCKED
    ),
    settled AS (
      UPDATE ${schema}.job j SET
        state = (CASE
          WHEN started_on IS NULL THEN 'created'
          WHEN retry_count < retry_limit THEN 'retry'
          ELSE 'failed' END)::${schema}.job_state,
        start_after = CASE WHEN started_on IS NOT NULL AND retry_count < retry_limit
          THEN ${schema}.job_now() + retry_delay * interval '1 second' ELSE start_after END,
        completed_on = CASE WHEN started_on IS NOT NULL AND retry_count >= retry_limit
          THEN ${schema}.job_now() END,
        heartbeat_on = NULL,
        heartbeat_seconds = l.seconds,
        output = CASE WHEN started_on IS NULL THEN output ELSE $3::text::jsonb END
      FROM lapsed l
      WHERE j.name = l.name AND j.id = l.id
      RETURNING j.*
    ),
    ${deadLetters(schema)}
    SELECT name AS queue, id AS uuid, state::text, ${wakeDeadLetters('$4')}
    FROM settled`
}

/** The columns of pg-boss's own dead letters (failJobsBody in its plans.js, 12.38): redrive works. */
function deadLetters(schema: string): string {
  return `
    dead AS (
      INSERT INTO ${schema}.job (
        name, priority, data, retry_limit, retry_backoff, retry_delay, start_after, created_on,
        keep_until, deletion_seconds, expire_seconds, singleton_key, group_id, group_tier,
        heartbeat_seconds, policy, dead_letter, source_name, source_id, source_created_on,
        source_retry_count, source_output, source_root_id, trace_context
      )
      SELECT
        q.name, r.priority, r.data, q.retry_limit, q.retry_backoff, q.retry_delay,
        ${schema}.job_now(), ${schema}.job_now(),
        ${schema}.job_now() + q.retention_seconds * interval '1 second',
        q.deletion_seconds, q.expire_seconds, r.singleton_key, r.group_id, r.group_tier,
        q.heartbeat_seconds, q.policy, q.dead_letter, r.name, r.id, r.created_on,
        r.retry_count, r.output, COALESCE(r.source_root_id, r.id), r.trace_context
      FROM settled r
      JOIN ${schema}.queue s ON s.name = r.name
      JOIN ${schema}.queue q ON q.name = COALESCE(s.dead_letter, r.dead_letter)
      WHERE r.state = 'failed'
      RETURNING name
    )`
}

function wakeDeadLetters(channel: string): string {
  return `(SELECT count(pg_notify(${channel}, d.name)) FROM (SELECT DISTINCT name FROM dead) d)`
}

import type * as OpenTelemetry from '@opentelemetry/api'
import type { DeliveredJob, Outcome } from './provider.ts'
import type { Destination, TraceCarrier, Tracing } from './trace.ts'

/**
 * Spans by the conventions for messaging systems: https://opentelemetry.io/docs/specs/semconv/messaging/.
 * An attempt is the child of the span that sent its job, as for any message that is worked on by itself;
 * so are its further attempts, and those of the dead letter that became of it.
 */
export function createTracing(api: typeof OpenTelemetry): Tracing {
  const { context, propagation, trace, ROOT_CONTEXT, SpanKind, SpanStatusCode } = api
  // Asked for each time: the SDK may have been replaced.
  const tracer = () => trace.getTracer('pikku-queue')

  return {
    async send(to, send) {
      const span = tracer().startSpan(`send ${to.queue}`, {
        kind: SpanKind.PRODUCER,
        attributes: { ...messaging(to), ...operation('send') },
      })
      const active = trace.setSpan(context.active(), span)
      const carrier: TraceCarrier = {}
      propagation.inject(active, carrier)
      try {
        const said = Object.keys(carrier).length > 0
        const ids = await context.with(active, () => send(said ? carrier : undefined))
        if (typeof ids === 'string') span.setAttribute('messaging.message.id', ids)
        else span.setAttribute('messaging.batch.message_count', ids.length)
        return ids
      } catch (error) {
        const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
        fail(span, { name, message, stack, code: codeOf(error) })
        throw error
      } finally {
        span.end()
      }
    },

    async process({ system, job, trace: carrier }, run) {
      // Never what is active here: that belongs to whoever started the worker.
      const parent = carrier ? propagation.extract(ROOT_CONTEXT, carrier) : ROOT_CONTEXT
      const span = tracer().startSpan(
        `process ${job.queueName}`,
        {
          kind: SpanKind.CONSUMER,
          attributes: {
            ...messaging({ system, queue: job.queueName }),
            ...operation('process'),
            ...describe(job),
          },
        },
        parent,
      )
      try {
        const outcome = await context.with(trace.setSpan(parent, span), run)
        span.setAttribute('pikku.job.outcome', outcome.type)
        if (isFailure(outcome)) fail(span, outcome.error)
        return outcome
      } finally {
        span.end()
      }
    },
  }

  function fail(span: OpenTelemetry.Span, error: Failure): void {
    const { name, message, stack, code } = error
    span.setAttribute('error.type', code ?? name)
    span.recordException({ name, message, ...(stack !== undefined && { stack }) })
    span.setStatus({ code: SpanStatusCode.ERROR, message })
  }
}

interface Failure {
  name: string
  message: string
  stack?: string | undefined
  code?: string | undefined
}

const messaging = ({ system, queue }: Destination) => ({
  'messaging.system': system,
  'messaging.destination.name': queue,
})

const operation = (type: 'send' | 'process') => ({
  'messaging.operation.name': type,
  'messaging.operation.type': type,
})

/** What the conventions have no names for goes under one of ours. */
function describe({ id, attempt, maxAttempts, origin }: DeliveredJob): OpenTelemetry.Attributes {
  return {
    'messaging.message.id': id,
    'pikku.job.attempt': attempt,
    'pikku.job.max_attempts': maxAttempts,
    ...(origin && {
      'pikku.job.origin.queue': origin.queueName,
      'pikku.job.origin.id': origin.jobId,
    }),
  }
}

/** A job that is discarded or given back has not failed. */
function isFailure(outcome: Outcome): outcome is Outcome & { type: 'retry' | 'dead' } {
  return outcome.type === 'retry' || outcome.type === 'dead'
}

function codeOf(error: unknown): string | undefined {
  const hasCode = error instanceof Error && 'code' in error && typeof error.code === 'string'
  return hasCode ? String(error.code) : undefined
}

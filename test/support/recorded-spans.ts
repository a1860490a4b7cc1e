import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { onTestFinished } from 'vitest'

/** Registers an SDK until the running test has finished; what it is given is in the exporter. */
export function recordSpans(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(
    new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    }),
  )
  onTestFinished(async () => {
    for (const api of [trace, context, propagation]) api.disable()
    await provider.shutdown()
  })
  return exporter
}

/** The span and those below it, each as its name and what is below it, in the order they began. */
export function treeOf(root: ReadableSpan, spans: readonly ReadableSpan[]): SpanTree {
  const { spanId } = root.spanContext()
  const below = spans
    .filter((span) => span.parentSpanContext?.spanId === spanId)
    .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
  return [root.name, ...below.map((span) => treeOf(span, spans))]
}

export type SpanTree = [name: string, ...below: SpanTree[]]

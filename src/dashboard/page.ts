import type { MiddlewareHandler } from 'hono'
import { boardStatuses } from './statuses.ts'

const arrows =
  'M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8M21 3v5h-5M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16M8 16H3v5'
const retryIcon = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="black" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="${arrows}"/></svg>`,
)}`

/** Statuses that the board has a tab for above all queues, whatever these can be in. */
const tabs = [...Object.values(boardStatuses), 'prioritized', 'paused']

/**
 * Hides what the board would offer of BullMQ and none of our queues can do: see plain-adapter.ts.
 * @param statuses of the board that jobs can be in
 */
export function pageStyle(statuses: readonly string[]): string {
  const others = tabs.filter((status) => !statuses.includes(status))
  const selectors = others.map(
    (status) => `ul[class^='statusTabs'] li:has([href*='status=${status}'])`,
  )
  return `${style}${selectors.join(',\n')} {\n  display: none;\n}\n`
}

const style = `
/* Promote, reschedule, change the data. */
ul[class^='jobActions'] li:has(.lucide-corner-up-left),
ul[class^='jobActions'] li:has(.lucide-clock),
ul[class^='jobActions'] li:has(.lucide-pencil),
ul[class^='jobActions'] li:has(.lucide-arrow-up-down),
/* Promote all. */
ul[class^='queueActions'] li:has(.lucide-corner-up-left),
/* Obliterate. */
[role='menuitem']:has(.lucide-ban) {
  display: none;
}
/* Retry, of a discarded job: as that of a failed one looks. */
ul[class^='jobActions'] .lucide-list-x {
  background: currentColor;
  mask: url('${retryIcon}') center / contain no-repeat;
}
ul[class^='jobActions'] .lucide-list-x path {
  display: none;
}
`

/** Gives the board's page our style, and takes the fonts away that it would load from elsewhere. */
export function ownPage(): MiddlewareHandler {
  return async (context, next) => {
    await next()
    if (!context.res.headers.get('content-type')?.startsWith('text/html')) return
    const page = await context.res.text()
    const own = page
      .replace(/<link [^>]*fonts\.googleapis\.com[^>]*>/, '')
      .replace('</head>', '<link href="static/pikku.css" rel="stylesheet"></head>')
    context.res = new Response(own, context.res)
  }
}

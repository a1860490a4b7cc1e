import type { MiddlewareHandler } from 'hono'

/** Hides what the board would offer of BullMQ and none of our queues can do: see plain-adapter.ts. */
export const style = `
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

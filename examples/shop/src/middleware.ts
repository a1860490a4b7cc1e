import { pikkuMiddleware } from '#pikku/pikku-types.gen.js'

/** Says who charged what, whatever came of it. */
export const auditMiddleware = pikkuMiddleware(async ({ logger }, { queue }, next) => {
  const job = { jobId: queue?.jobId, attempt: queue?.attempt }
  logger.info('audit: payment starts', job)
  try {
    await next()
    logger.info('audit: payment done', job)
  } catch (error) {
    logger.info('audit: payment failed', job)
    throw error
  }
})

import { pikkuSessionlessFunc } from '#pikku/pikku-types.gen.js'

export const sendWelcomeEmail = pikkuSessionlessFunc<
  { userId: string; email: string; name: string },
  void
>({
  func: async ({ emailService, logger }, data) => {
    logger.info('Sending welcome email', { userId: data.userId })

    await emailService.send({
      to: data.email,
      subject: `Welcome ${data.name}!`,
      template: 'welcome',
      data: { name: data.name },
    })

    logger.info('Welcome email sent', { userId: data.userId })
  },
  auth: false, // Queue jobs don't have user sessions
  docs: {
    summary: 'Send welcome email to new users',
    tags: ['email'],
  },
})

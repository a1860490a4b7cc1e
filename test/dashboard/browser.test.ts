import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startChromium } from '../support/chromium.ts'
import { until } from '../support/provider-work.ts'
import { setStage } from './stage.ts'

/** A folder for pictures of what the browser shows; none are taken without. */
const pictures = process.env['PIKKU_SCREENSHOTS']

async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return
  // Whatever fonts there are here, it looks as it does with those of a desktop.
  await page.addStyleTag({ content: `:root { --font-sans: 'Liberation Sans', sans-serif }` })
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' })
}

/** What goes wrong in the page: errors, and what it would load from elsewhere or not at all. */
function troubleOf(page: Page): string[] {
  const trouble: string[] = []
  page.on('pageerror', ({ message }) => trouble.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error') trouble.push(message.text())
  })
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? 'no reason'
    // The board's poll may be on its way when the page goes elsewhere.
    if (why !== 'net::ERR_ABORTED') trouble.push(`${request.url()}: ${why}`)
  })
  return trouble
}

const viewport = { width: 1280, height: 640 }

/** The tabs that can be seen, in order, without their numbers. */
const tabsOf = async (page: Page): Promise<string[]> => {
  const tabs = page.locator("ul[class^='statusTabs'] li").filter({ visible: true })
  return (await tabs.allInnerTexts()).map((text) => /^\S+/.exec(text)?.[0] ?? '')
}

interface Box {
  scrollWidth: number
  clientWidth: number
}

const browsed = ['bullmq', 'pg-boss'] as const

it.each(browsed)(
  'in a browser, on %s: a failed job is opened, retried and seen to complete',
  async (backend) => {
    const { bank, client, url } = await setStage({ backend, plainNames: true })
    for (const to of ['ada@example.com', 'bob@example.com']) await client.add('email', { to })
    await client.add('email', { to: 'late@example.com' }, { delay: 3_600_000 })
    const id = await client.add('payments', { amount: 30, card: '4111-1111', at: new Date() })
    await expect(client.waitForCompletion('payments', id)).rejects.toThrow('declined')
    await until(async () => (await client.counts('email')).completed === 2, 'the emails')

    const { browser, stop } = await startChromium({ viewport })
    try {
      const page = await browser.newPage()
      page.setDefaultTimeout(15_000)
      const trouble = troubleOf(page)
      await page.goto(url)
      await page.getByText('3 Jobs').waitFor()
      const tabs = ['ACTIVE', 'WAITING', 'DISCARDED', 'COMPLETED', 'FAILED', 'DELAYED']
      expect(await tabsOf(page)).toEqual(['ALL', ...tabs])
      for (const tab of await page.locator("ul[class^='statusTabs']").all()) {
        // None is cut off.
        expect(await tab.evaluate((it: Box) => it.scrollWidth <= it.clientWidth)).toBe(true)
      }
      if (backend === 'bullmq') await picture(page, 'dashboard-queues')

      await page
        .getByRole('link', { name: /^payments$/ })
        .first()
        .click()
      await page.getByText('Charge a card. Once for each order.').waitFor()
      await page.getByRole('link', { name: /^failed/i }).click()
      await page.getByRole('link', { name: id }).click()
      await page.waitForURL(new RegExp(id))
      await page.getByText('the bank declined').first().waitFor()
      await page.getByText('Data', { exact: true }).click()
      await page.getByText('[redacted]').waitFor()
      expect(await page.content()).not.toContain('4111-1111')
      if (backend === 'bullmq') await picture(page, 'dashboard-failed-job')

      bank.accepts = true
      const actions = page.locator("ul[class^='jobActions']").getByRole('button')
      // To retry, to copy, to remove: the board has more, which are not for our queues.
      expect(await actions.filter({ visible: true }).count()).toBe(3)
      await actions.filter({ has: page.locator('.lucide-refresh-cw') }).click()
      await page.getByRole('button', { name: /^(confirm|yes|ok)$/i }).click()
      await page.getByText('"charged"').waitFor()
      await page.getByText('Finished at').waitFor()
      expect(trouble).toEqual([])
    } finally {
      await stop()
    }
    expect((await client.getJob('payments', id))?.status).toBe('completed')
  },
)

it('in a browser, on sqs: numbers, and why there is no more', async () => {
  const { client, queue, url } = await setStage({ backend: 'sqs' })
  await client.add(queue('email'), { to: 'late@example.com' }, { delay: 900_000 })
  await client.add(queue('payments'), { amount: 30, card: '4111-1111', at: new Date() })

  const { browser, stop } = await startChromium({ viewport })
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(15_000)
    const trouble = troubleOf(page)
    await page.goto(url)
    const tabs = ['ACTIVE', 'WAITING', 'DELAYED']
    const card = (name: string) =>
      page
        .locator("div[class*='queueCard']")
        .filter({ has: page.getByTitle(queue(name), { exact: true }) })
    await card('email').getByText('1 Job').waitFor()
    // Declined for good: there is a dead letter.
    await card('payments-dead').getByText('1 Job').waitFor()
    await card('payments').getByText('0 Jobs').waitFor()
    expect(await tabsOf(page)).toEqual(['ALL', ...tabs])
    await picture(page, 'dashboard-on-sqs')

    await card('payments-dead').getByRole('link').first().click()
    const why = 'AWS SQS shows no single jobs, and its numbers are approximate.'
    await page.getByText(`Dead letters of ${queue('payments')}. ${why}`).waitFor()
    await expect.poll(() => tabsOf(page)).toEqual(['LATEST', ...tabs])
    await page.getByRole('link', { name: 'WAITING 1' }).click()
    await page.getByText('No waiting jobs in this queue.').waitFor()
    expect(await page.locator("ul[class^='jobActions']").count()).toBe(0)
    expect(trouble).toEqual([])
  } finally {
    await stop()
  }
})

it('in a browser: a discarded job is retried, where they are listed and among the latest', async () => {
  const stage = await setStage({ backend: 'bullmq', plainNames: true })
  const { client, url } = stage
  const id = await client.add('email', { to: 'nobody' })
  await expect(client.waitForCompletion('email', id)).rejects.toThrow('discarded')
  await stage.api('PUT', 'queues/email/pause')

  const { browser, stop } = await startChromium({ viewport })
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(15_000)
    const trouble = troubleOf(page)
    for (const [status, icon] of [
      ['waiting-children', '.lucide-list-x'],
      ['latest', '.lucide-refresh-cw'],
    ]) {
      await page.goto(new URL(`queue/email?status=${status}`, url).href)
      await page.getByRole('link', { name: id }).waitFor()
      const actions = page.locator("ul[class^='jobActions']").getByRole('button')
      expect(await actions.filter({ visible: true }).count()).toBe(3)
      await picture(page, `dashboard-discarded-${status}`)
      const retry = actions.filter({ has: page.locator(icon ?? '') })
      await retry.hover()
      await page.getByText('Retry', { exact: true }).waitFor()
      await retry.click()
      await picture(page, `dashboard-confirm-${status}`)
      await page.getByRole('button', { name: /^(confirm|yes|ok)$/i }).click()
      await until(async () => (await client.getJob('email', id))?.status === 'waiting', 'a retry')

      await stage.api('PUT', 'queues/email/resume')
      await expect(client.waitForCompletion('email', id)).rejects.toThrow('discarded')
      await stage.api('PUT', 'queues/email/pause')
    }
    expect(trouble).toEqual([])
  } finally {
    await stop()
    await stage.api('PUT', 'queues/email/resume')
  }
})

import { pikkuSessionlessFunc } from '#pikku/pikku-types.gen.js'

export const generateReport = pikkuSessionlessFunc<{ reportId: string }, { rows: number }>({
  func: async ({ database, interaction }, data) => {
    await interaction.queue?.updateProgress(0)

    const sales = await database.query(`sales of ${data.reportId}`)
    await interaction.queue?.updateProgress(33)

    const stock = await database.query(`stock of ${data.reportId}`)
    await interaction.queue?.updateProgress(66)

    const rows = [...sales, ...stock]
    await interaction.queue?.updateProgress(100)
    return { rows: rows.length }
  },
  auth: false,
  docs: { summary: 'Generate a report' },
})

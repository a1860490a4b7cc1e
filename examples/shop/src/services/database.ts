type Row = Record<string, string>

/** Stands in for a database: takes a moment to answer. */
export class Database {
  async update(table: string, change: { where: Row; set: Row }): Promise<void> {
    await this.query(`update ${table} ${JSON.stringify(change)}`)
  }

  async query(_statement: string): Promise<Row[]> {
    await new Promise((resolve) => setTimeout(resolve, 300))
    return [{ product: 'tea', sold: '12' }]
  }
}

/**
 * A transaction of the caller's that a job can be stored in: one of `pg` (or whatever else has
 * `query(text, values)`), Drizzle, Knex, Kysely or Prisma. Known by shape, so that none of them has to
 * be installed. A pool or a database is none: nothing says which of its connections has begun one.
 */
export type Transaction =
  PgTransaction | DrizzleTransaction | KnexTransaction | KyselyTransaction | PrismaTransaction

/** A `Client` or `PoolClient` that has sent `BEGIN`. */
export interface PgTransaction {
  query(text: string, values: unknown[]): Promise<unknown>
  /** A pool has one. */
  readonly totalCount?: never
}

/** What `db.transaction(async (tx) => …)` of Drizzle on PostgreSQL hands out. */
export interface DrizzleTransaction {
  execute(query: string | { getSQL(): unknown }): PromiseLike<unknown>
  rollback(): never
}

/** What `knex.transaction(async (trx) => …)` hands out. */
export interface KnexTransaction {
  raw(sql: string, bindings: readonly string[]): PromiseLike<unknown>
  isCompleted(): boolean
}

/** What `db.transaction().execute(async (trx) => …)` of Kysely hands out. */
export interface KyselyTransaction {
  readonly isTransaction: true
  executeQuery(query: {
    readonly sql: string
    readonly parameters: readonly unknown[]
    readonly query: {
      readonly kind: 'RawNode'
      readonly sqlFragments: readonly string[]
      readonly parameters: readonly never[]
    }
    readonly queryId: { readonly queryId: string }
  }): Promise<unknown>
}

/** What `prisma.$transaction(async (tx) => …)` hands out. */
export interface PrismaTransaction {
  $queryRawUnsafe(query: string, ...values: unknown[]): PromiseLike<unknown>
  /** A client that is no transaction has one. */
  readonly $connect?: never
}

/** Which of them it is; undefined for what is none. */
export function kindOfTransaction(
  tx: unknown,
): 'pg' | 'drizzle' | 'knex' | 'kysely' | 'prisma' | undefined {
  if ((typeof tx !== 'object' || tx === null) && typeof tx !== 'function') return undefined
  const has = (...methods: string[]) =>
    methods.every((name) => typeof Reflect.get(tx, name) === 'function')
  const isOne = Reflect.get(tx, 'isTransaction') === true
  if (has('$queryRawUnsafe')) return has('$connect') ? undefined : 'prisma'
  if (has('executeQuery')) return isOne ? 'kysely' : undefined
  if (has('raw')) return isOne ? 'knex' : undefined
  if (has('execute', 'rollback')) return 'drizzle'
  if (has('query')) return 'totalCount' in tx ? undefined : 'pg'
  return undefined
}

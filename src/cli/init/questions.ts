import { createInterface } from 'node:readline/promises'
import { capabilities, type ProviderName, providerNames } from '../../runtime/capabilities.ts'
import { nearest } from '../did-you-mean.ts'

/** Asks one question; null when there will be no answer. */
export type Ask = (question: string) => Promise<string | null>

/** What a question is printed to and answered from; `process` has them. */
export interface Streams {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: NodeJS.WritableStream & { isTTY?: boolean }
}

/** Asks on a terminal; null when the streams are none: a file, a pipe, or nobody at all. */
export function terminal({ stdin: input, stdout: output }: Streams = process): Ask | null {
  if (!input.isTTY || !output.isTTY) return null
  return async (question) => {
    const lines = createInterface({ input, output })
    const closed = new Promise<null>((resolve) => {
      lines.once('close', () => {
        resolve(null)
      })
    })
    try {
      return await Promise.race([lines.question(question).catch(() => null), closed])
    } finally {
      lines.close()
    }
  }
}

/** Null when there was no answer. */
export async function askProvider(
  ask: Ask,
  usual: ProviderName,
  because: string,
): Promise<ProviderName | null> {
  const rows = providerNames.map((name, index) => {
    return `  ${index + 1}  ${name.padEnd(10)}${capabilities[name].label}\n`
  })
  let question = `Which provider?\n${rows.join('')}Name or number (${usual}, because ${because}): `
  for (;;) {
    const answer = (await ask(question))?.trim()
    if (answer === undefined) return null
    if (answer === '') return usual
    const name = providerNames[Number(answer) - 1] ?? providerNames.find((it) => it === answer)
    if (name) return name
    const guess = nearest(answer, providerNames)
    question = `There is no "${answer}"${guess ? `; did you mean ${guess}?` : '.'} Name or number: `
  }
}

/** Yes unless the answer says otherwise; no when there is none. */
export async function askYes(ask: Ask, question: string): Promise<boolean> {
  const answer = await ask(`${question} (Y/n) `)
  return answer !== null && /^(y(es)?)?$/i.test(answer.trim())
}

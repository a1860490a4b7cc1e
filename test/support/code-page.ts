import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the pages, one for each code. */
export const pagesFolder = fileURLToPath(new URL('../../docs/codes/', import.meta.url))

/** A fenced block of a page: ```` ```ts title="src/queues.ts" ````. */
export interface Block {
  language: string
  /** The file that it is, where it is one. */
  file: string | undefined
  text: string
}

/** What a page of docs/codes/ has in it; how it is written is in CONTRIBUTING.md. */
export interface CodePage {
  code: string
  path: string
  text: string
  headings: string[]
  causes: Block[]
  corrected: Block[]
  /** What is printed, as the page has it: the block of that language under "Causes it". */
  printed: string | undefined
  /** The page with something else printed. */
  printing(output: string): string
}

/** Every page, sorted by code. */
export function readPages(): CodePage[] {
  return readdirSync(pagesFolder).sort().map(readPage)
}

function readPage(name: string): CodePage {
  const path = join(pagesFolder, name)
  const text = readFileSync(path, 'utf8')
  const sections = new Map(
    text.split(/^## /m).map((section) => {
      const [heading = '', ...lines] = section.split('\n')
      return [heading, blocksOf(lines.join('\n'))] as const
    }),
  )
  const causes = sections.get('Causes it') ?? []
  const printed = causes.find(({ language, file }) => language === 'text' && !file)?.text
  return {
    code: name.replace(/\.md$/, ''),
    path,
    text,
    headings: [...sections.keys()],
    causes,
    corrected: sections.get('Corrected') ?? sections.get('What to do') ?? [],
    printed,
    printing: (output) =>
      text.replace(/^```text\n[^]*?^```$/m, () => `\`\`\`text\n${output}\n\`\`\``),
  }
}

/** The fenced blocks of a text. */
export function blocksOf(section: string): Block[] {
  const fence = /^```(\w+)(?: title="(.+)")?\n([^]*?)^```$/gm
  return [...section.matchAll(fence)].map(([, language = '', file, text = '']) => {
    return { language, file, text }
  })
}

/** The files that the blocks are. */
export function filesOf(blocks: readonly Block[]): Record<string, string> {
  return Object.fromEntries(blocks.flatMap(({ file, text }) => (file ? [[file, text]] : [])))
}

/** The commands that the blocks have a reader type. */
export function commandsOf(blocks: readonly Block[]): string[] {
  return blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n').filter((line) => line.startsWith('npx pikku')))
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import {
  exists,
  findInstalled,
  unpackDebianPackages,
  unpackedLibraries,
} from './debian-packages.ts'

interface ChromiumBinary {
  command: string
  /** What it needs to find what the system lacks. */
  environment: Record<string, string>
}

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/** A browser of its own, without any past. */
export async function startChromium(
  options: { viewport?: { width: number; height: number } } = {},
): Promise<{ browser: BrowserContext; stop: () => Promise<void> }> {
  const { command, environment } = await findChromium()
  const profile = await mkdtemp(join(tmpdir(), 'pikku-test-chromium-'))
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: command,
    args: flags,
    env: { ...process.env, ...environment, HOME: profile },
    ...options,
  })
  return {
    browser,
    async stop() {
      await browser.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/**
 * The browser of CHROMIUM_PATH, or on the PATH; else, on Debian, the distribution's, unpacked beside our
 * packages: nothing is installed.
 * @throws Error that says what to install.
 */
async function findChromium(): Promise<ChromiumBinary> {
  const given = process.env['CHROMIUM_PATH']
  if (given) return { command: given, environment: {} }
  const installed = await findInstalled(['chromium', 'chromium-browser', 'google-chrome'])
  if (installed) return { command: installed, environment: {} }
  try {
    const folder = await unpackDebianPackages('pikku-test-chromium', [
      'chromium',
      'fonts-liberation',
    ])
    const command = join(folder, 'usr/lib/chromium/chromium')
    return {
      command,
      environment: {
        LD_LIBRARY_PATH: await unpackedLibraries(folder),
        FONTCONFIG_FILE: await writeFontConfig(folder),
      },
    }
  } catch (error) {
    throw new Error('the tests need a Chromium: install chromium, or set CHROMIUM_PATH', {
      cause: error,
    })
  }
}

/** Its own speaks of folders below `/`. */
async function writeFontConfig(folder: string): Promise<string> {
  const file = join(folder, 'fonts.conf')
  const fonts = [join(folder, 'usr/share/fonts'), '/usr/share/fonts']
  const text = `<?xml version="1.0"?>
<fontconfig>
${preferred('system-ui', 'Liberation Sans')}${preferred('sans-serif', 'Liberation Sans')}
${preferred('monospace', 'Liberation Mono')}
${fonts.map((it) => `  <dir>${it}</dir>\n`).join('')}  <cachedir>${join(folder, 'fontcache')}</cachedir>
</fontconfig>
`
  if (!(await exists(file))) await writeFile(file, text)
  return file
}

const preferred = (family: string, font: string): string =>
  `<alias binding="same"><family>${family}</family><prefer><family>${font}</family></prefer></alias>`

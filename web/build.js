/**
 * Builds the pages once for each language, so that nobody fetches texts that they do not read.
 *
 * English is `index.html`, every other language `index.LOCALE.html`. The names of scripts come from what is in them: what
 * holds no text is the same file in all languages.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { compile } from '@inlang/paraglide-js'
import { build } from 'vite'
import { languageOf, settings, texts } from './languages.js'

const OUT = join(import.meta.dirname, '../src/videocall/static')
const PUBLIC = join(import.meta.dirname, 'public')
/** Files without a script that could say their texts: `{{key}}` in them becomes the text of that key. */
const LOCALIZED = ['offline.html', 'manifest.webmanifest']
const { baseLocale, locales } = settings
const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.wasm', '.webmanifest', '.xml'])

/**
 * Makes code of the texts of one language, as if there were no other.
 * @param {string} locale
 */
async function compileTexts(locale) {
  const project = join(import.meta.dirname, 'node_modules/.languages', `${locale}.inlang`)
  const alone = {
    ...settings,
    baseLocale: locale,
    locales: [locale],
    modules: ['../@inlang/plugin-message-format/dist/index.js'],
    'plugin.inlang.messageFormat': { pathPattern: '../../messages/{locale}.json' },
  }
  mkdirSync(project, { recursive: true })
  writeFileSync(join(project, 'settings.json'), JSON.stringify(alone))
  await compile({ project, outdir: './src/i18n/paraglide', strategy: ['baseLocale'] })
}

/** @param {string} name @param {string} locale */
const named = (name, locale) => (locale === baseLocale ? name : name.replace('.', `.${locale}.`))

/** @param {string} name @param {string} locale */
function localize(name, locale) {
  const words = texts(locale)
  const text = readFileSync(join(PUBLIC, name), 'utf8')
    .replace('lang="en"', languageOf(locale))
    .replaceAll(/\{\{(\w+)\}\}/gu, (_, key) => String(words[key] ?? texts(baseLocale)[key]))
  writeFileSync(join(OUT, named(name, locale)), text)
}

/** Names the worker's cache after what is in it: other files make another worker, which fetches them anew. */
function nameCache() {
  const digest = createHash('sha256')
  const kept = readdirSync(OUT).filter((name) => /^(offline\..+|theme\.js|favicon\.svg)$/u.test(name))
  for (const name of kept.sort()) digest.update(readFileSync(join(OUT, name)))
  const worker = join(OUT, 'sw.js')
  writeFileSync(worker, readFileSync(worker, 'utf8').replace('VERSION', digest.digest('hex').slice(0, 12)))
}

/** @param {string} path of a file that a .br and a .gz are laid beside, where they are smaller */
async function compress(path) {
  const plain = await readFile(path)
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
  }
  const packed = {
    br: await promisify(brotliCompress)(plain, { params }),
    gz: await promisify(gzip)(plain, { level: 9 }),
  }
  for (const [suffix, bytes] of Object.entries(packed)) {
    if (bytes.length < plain.length) await writeFile(`${path}.${suffix}`, bytes)
  }
}

rmSync(OUT, { recursive: true, force: true })
// The base language comes last, so that index.html is its own.
for (const locale of [...locales.filter((one) => one !== baseLocale), baseLocale]) {
  process.env['VIDEOCALL_LANGUAGE'] = locale
  await compileTexts(locale)
  await build({ logLevel: 'warn' })
  if (locale !== baseLocale) renameSync(join(OUT, 'index.html'), join(OUT, named('index.html', locale)))
}
for (const locale of locales) for (const name of LOCALIZED) localize(name, locale)
nameCache()
const files = readdirSync(OUT, { recursive: true, withFileTypes: true })
await Promise.all(
  files
    .filter((entry) => entry.isFile() && COMPRESSIBLE.has(extname(entry.name)))
    .map((entry) => compress(join(entry.parentPath, entry.name))),
)

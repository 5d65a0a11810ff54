import { join } from 'node:path'
import { paraglideVitePlugin } from '@inlang/paraglide-js'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin, type Rolldown } from 'vite'
import { languageOf } from './languages.js'

const server = process.env['VIDEOCALL_DEV_SERVER'] ?? 'http://localhost:8000'
/** The one language that build.js makes the pages in; without it they hold all, and ask the browser. */
const locale = process.env['VIDEOCALL_LANGUAGE']

/** Says in the page's first line what language it is in, and which way that is written. */
function nameLanguage(locale: string): Plugin {
  return {
    name: 'name-language',
    transformIndexHtml: (html) => html.replace('<html lang="en">', `<html ${languageOf(locale)}>`),
  }
}

const SOURCES = join(import.meta.dirname, 'src')
const TEXTS = join(SOURCES, 'i18n/paraglide/messages/')
const ALL_TEXTS = join(TEXTS, '_index.js')
const CHOICE = join(SOURCES, 'i18n/paraglide/runtime.js')
const CONSOLE = /\/src\/admin\/|messages.admin_/u

/** Takes what chooses a language out of every text: where there is one, that weighs as much as a short text. */
function oneLanguage(locale: string): Plugin {
  return {
    name: 'one-language',
    transform(code, id) {
      if (id === CHOICE) return { code: `export const getLocale = () => '${locale}'`, map: null }
      if (!id.startsWith(TEXTS) || id === ALL_TEXTS) return null
      // A file holds the text in each language, and below them the function that chooses one.
      const alone = code
        .replace(/^import .*runtime\.js'.*$/mu, '')
        .replace(/^export const (\w+) = [\s\S]*/mu, `export { ${locale}_$1 as $1 }`)
      if (!alone.includes('export {')) this.error('Paraglide no longer writes a text as it did')
      return { code: alone, map: null }
    },
  }
}

type Graph = Pick<Rolldown.PluginContext, 'getModuleInfo'>

/**
 * Everything that comes with a module: modules and texts. With `later` also what it may ask for later, except for what
 * only a meeting and the test of its connection need.
 *
 * Texts are found by the code that says them: every module that says any imports the list of all.
 */
function reach(id: string, graph: Graph, later: boolean, found = new Set<string>()): Set<string> {
  if (found.has(id) || id === ALL_TEXTS || (later && /\/(Meeting|ConnectionTest)\.svelte$/u.test(id))) return found
  found.add(id)
  const module = graph.getModuleInfo(id)
  for (const [, key] of (module?.code ?? '').matchAll(/\bm\.(\w+)/gu))
    reach(join(TEXTS, `${key}.js`), graph, later, found)
  for (const next of module?.importedIds ?? []) reach(next, graph, later, found)
  if (later) for (const next of module?.dynamicallyImportedIds ?? []) reach(next, graph, later, found)
  return found
}

let reached: { first: Set<string>; meeting: Set<string>; pages: Set<string> } | undefined

/** The chunk that a module comes in where it is needed before a first frame. */
function chunkOf(id: string, graph: Graph): 'first' | 'shared' | 'meeting' | null {
  reached ??= {
    first: reach(join(SOURCES, 'main.ts'), graph, false),
    meeting: reach(join(SOURCES, 'pages/Meeting.svelte'), graph, false),
    pages: reach(join(SOURCES, 'pages/lazy.ts'), graph, true),
  }
  if (reached.first.has(id)) return 'first'
  if (!reached.meeting.has(id)) return null
  if (!reached.pages.has(id)) return 'meeting'
  // Style is a file of its own beside the chunk's, and so would be a request more.
  return /\.svelte(\?|$)/u.test(id) ? 'first' : 'shared'
}

/** A group of what is needed before a first frame. */
function early(chunk: 'first' | 'shared' | 'meeting'): Rolldown.CodeSplittingGroup {
  return { name: (id, graph) => (chunkOf(id, graph) === chunk ? chunk : null), debugName: chunk }
}

/** A group of what several pages other than a meeting share. */
function common(name: string, shareCount: number, test: (id: string) => boolean): Rolldown.CodeSplittingGroup {
  return {
    name: (id) => (reached?.pages.has(id) && test(id) ? name : null),
    debugName: name,
    minShareCount: shareCount,
  }
}

export default defineConfig({
  plugins: [
    // build.js has compiled the texts of its language alone.
    locale === undefined &&
      paraglideVitePlugin({
        project: './project.inlang',
        outdir: './src/i18n/paraglide',
        // Tests read English, whatever the browser that they make up would like.
        strategy: process.env['VITEST'] ? ['baseLocale'] : ['cookie', 'preferredLanguage', 'baseLocale'],
        cookieName: 'language',
      }),
    locale !== undefined && oneLanguage(locale),
    svelte(),
    nameLanguage(locale ?? 'en'),
  ],
  build: {
    target: 'es2022',
    outDir: join(import.meta.dirname, '../src/videocall/static'),
    emptyOutDir: false, // build.js does, once for all languages
    // The content security policy allows neither data: scripts nor inline ones.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // Each file more is a request more before the first frame. A group takes what its modules import along, unless a
      // group before it has it: so what more pages need stands before what fewer need.
      output: {
        codeSplitting: {
          groups: [
            early('first'),
            early('shared'),
            early('meeting'),
            common('pages', 5, (id) => !CONSOLE.test(id)),
            common('console', 2, (id) => CONSOLE.test(id)),
            common('account', 2, (id) => id.includes('/src/account/')),
            common('agenda', 2, (id) => /\/src\/(agenda|pages)\//u.test(id)),
            common('rest', 2, () => true),
            { name: 'room', minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': { target: server, ws: true },
    },
  },
})

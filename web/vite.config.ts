import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { paraglideVitePlugin } from '@inlang/paraglide-js'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin, type Rolldown } from 'vite'

const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.wasm', '.webmanifest', '.xml'])
const server = process.env['VIDEOCALL_DEV_SERVER'] ?? 'http://localhost:8000'

/** Lays a .br and a .gz beside every file that gets smaller by it: compressed once here, never while serving. */
function precompress(): Plugin {
  let folder = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir
    },
    // Not closeBundle: that runs after a failed build too, and would hide its error behind one of its own.
    writeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !COMPRESSIBLE.has(extname(entry.name))) continue
        const path = join(entry.parentPath, entry.name)
        const plain = readFileSync(path)
        const options = {
          params: {
            [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
            [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
          },
        }
        const variants = { '.br': brotliCompressSync(plain, options), '.gz': gzipSync(plain, { level: 9 }) }
        for (const [suffix, packed] of Object.entries(variants)) {
          if (packed.length < plain.length) writeFileSync(path + suffix, packed)
        }
      }
    },
  }
}

const MESSAGES = /paraglide.messages/
const MEETING = join(import.meta.dirname, 'src/pages/Meeting.svelte')

type Graph = Pick<Rolldown.PluginContext, 'getModuleInfo'>

/** Whether a page loads a module together with itself, rather than when it is asked for. */
function isNeededBy(page: string, id: string, graph: Graph, seen = new Set<string>()): boolean {
  if (id === page) return true
  if (seen.has(id)) return false
  seen.add(id)
  return (graph.getModuleInfo(id)?.importers ?? []).some((importer) => isNeededBy(page, importer, graph, seen))
}

export default defineConfig({
  plugins: [
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/i18n/paraglide',
      strategy: ['localStorage', 'preferredLanguage', 'baseLocale'],
    }),
    svelte(),
    precompress(),
  ],
  build: {
    target: 'es2022',
    outDir: join(import.meta.dirname, '../src/videocall/static'),
    emptyOutDir: true,
    // The content security policy allows neither data: scripts nor inline ones.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // Each file more is a request more before the first frame. So what the first page needs is one file, what a
      // meeting needs besides another, and what other pages share a third.
      output: {
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'], priority: 1 },
            { name: 'words', test: MESSAGES, minShareCount: 2 },
            {
              name: (id, graph) => (!MESSAGES.test(id) && isNeededBy(MEETING, id, graph) ? 'meeting' : null),
              debugName: 'meeting',
            },
            { name: 'pages', minShareCount: 2 },
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

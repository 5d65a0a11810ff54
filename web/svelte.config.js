/** @type {Map<string, string>} */
const taken = new Map()

/**
 * The class that marks a component's own elements and rules stands on most lines of the pages: as short as may be.
 * @param {string} whole the hash of its style
 */
function shorten(whole) {
  let length = 4
  while ((taken.get(whole.slice(0, length)) ?? whole) !== whole) length += 1
  taken.set(whole.slice(0, length), whole)
  return `s${whole.slice(0, length)}`
}

/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  compilerOptions: {
    runes: true,
    cssHash: ({ hash, css }) => shorten(hash(css)),
  },
}

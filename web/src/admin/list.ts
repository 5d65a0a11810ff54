/** How a list of the console looks; `List.svelte` draws it. */

/**
 * What stands in a column: plain text, or with `rich` what the list's `cell` snippet draws. Where the text is empty,
 * phones leave the line out.
 */
export interface Column<Item> {
  key: string
  label: string
  text?: (item: Item) => string
  rich?: boolean
  /** By which field the server sorts it. */
  sort?: string
  /** Numbers stand at the right. */
  numeric?: boolean
  /** Only where there is much room. */
  spare?: boolean
}

/** A choice that narrows the list; its name is the query parameter of the API. */
export interface Filter {
  name: string
  label: string
  options: readonly (readonly [string, string])[]
}

/** A way to order the list: what the API takes as `sort`, and its words. */
export type Sort = readonly [string, string]

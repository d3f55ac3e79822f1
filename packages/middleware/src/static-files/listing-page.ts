/**
 * What a directory listing says, as HTML and JSON.
 *
 * The threat: a file whose name is a script, or a link to another site, runs or leads where a visitor clicks. Names are escaped, links begin
 * with `./` and encode every character that means something in one, and the page loads nothing and runs nothing. Paths of the file
 * system do not come here.
 *
 * @module
 */
import { escapeHtml } from '@stapel/core/http'
import type { ListedEntry, Listing } from './directory-listing.ts'
import { encodeName } from './path.ts'

/** What entries are sorted by; directories come before files in any case. */
export type ListingSort = 'name' | 'size' | 'modified'

/** A listing, and how it is to be shown. */
export interface ListingPage extends Listing {
  /** The decoded path of the directory, as the visitor sees it. */
  readonly path: string
  /** Whether the directory above is one of the mount, too. */
  readonly hasParent: boolean
  readonly sort: ListingSort
  readonly descending: boolean
}

/** The order that a query string asks for; by name, upwards, where it says nothing that is known. */
export function parseListingOrder(query: string): Pick<ListingPage, 'sort' | 'descending'> {
  const asked = new URLSearchParams(query)
  const sort = columns.find(({ sort }) => sort === asked.get('sort'))?.sort ?? 'name'
  return { sort, descending: asked.get('order') === 'desc' }
}

/** The listing as a page, in its order. */
export function htmlListing(page: ListingPage): string {
  const title = `Index of ${escapeHtml(page.path)}`
  const rows = sortEntries(page).map(row)
  if (page.hasParent) rows.unshift('<tr><td><a href="../">../</a><td><td>')
  return (
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
    `<title>${title}</title>\n<style>${listingStyle}</style>\n<main>\n<h1>${title}</h1>\n` +
    `<table>\n<thead><tr>${columns.map((column) => heading(column, page)).join('')}\n` +
    `<tbody>\n${rows.map((row) => `${row}\n`).join('')}</table>\n` +
    `${page.truncated ? '<p>There is more in this directory than is listed here.</p>\n' : ''}` +
    `${rows.length === 0 ? '<p>This directory is empty.</p>\n' : ''}</main>\n</html>\n`
  )
}

/** The listing as JSON, in its order: `path`, `truncated`, and `entries` of `name`, `type`, `size` in bytes and `modified`. */
export function jsonListing(page: ListingPage): string {
  const entries = sortEntries(page).map(({ name, type, size, modifiedMs }) => ({
    name,
    type,
    ...(type === 'file' && { size }),
    modified: isoTime(modifiedMs),
  }))
  return JSON.stringify({ path: page.path, truncated: page.truncated, entries })
}

/** The style of the page; {@link listingPolicy} allows this text and no other. */
export const listingStyle: string =
  ':root{color-scheme:light dark;background:Canvas;color:CanvasText}' +
  'body{margin:2rem auto;padding:0 1.5rem;max-width:60rem;font:1rem/1.5 system-ui,sans-serif}' +
  'h1{font-size:1.25rem;overflow-wrap:anywhere}table{width:100%;border-collapse:collapse}' +
  'th,td{padding:.25rem .75rem .25rem 0;text-align:start;border-bottom:1px solid #8884;overflow-wrap:anywhere}' +
  'th:nth-child(2),td:nth-child(2){text-align:end;white-space:nowrap}td:last-child{white-space:nowrap}' +
  'a{text-decoration:none}a:hover,a:focus{text-decoration:underline}'

/** Nothing is loaded and no script runs on the page; the hash is the SHA-256 of {@link listingStyle}. */
export const listingPolicy =
  "default-src 'none'; style-src 'sha256-/zZkWYL28gLMF5EhzpA32XCm2SMXRFBkbEIzvNE8o90='; base-uri 'none'; form-action 'none'"

interface Column {
  readonly sort: ListingSort
  readonly title: string
  compare(a: ListedEntry, b: ListedEntry): number
}

const { compare: compareNames } = new Intl.Collator('en', { numeric: true })

const columns: readonly Column[] = [
  { sort: 'name', title: 'Name', compare: () => 0 },
  { sort: 'size', title: 'Size', compare: (a, b) => a.size - b.size },
  { sort: 'modified', title: 'Modified (UTC)', compare: (a, b) => a.modifiedMs - b.modifiedMs },
]

function sortEntries({ entries, sort, descending }: ListingPage): ListedEntry[] {
  const { compare } = columns.find((column) => column.sort === sort) as Column
  const sign = descending ? -1 : 1
  return [...entries].sort(
    (a, b) =>
      a.type.localeCompare(b.type) || sign * (compare(a, b) || compareNames(a.name, b.name) || order(a, b)),
  )
}

/** Names that the collator takes for equal keep one order. */
function order(a: ListedEntry, b: ListedEntry): number {
  return a.name < b.name ? -1 : 1
}

function heading({ sort, title }: Column, page: ListingPage): string {
  const link = (order: string): string => `<a href="?sort=${sort}&amp;order=${order}">${title}</a>`
  if (sort !== page.sort) return `<th scope="col">${link('asc')}`
  return page.descending
    ? `<th scope="col" aria-sort="descending">${link('asc')} ↓`
    : `<th scope="col" aria-sort="ascending">${link('desc')} ↑`
}

function row({ name, type, size, modifiedMs }: ListedEntry): string {
  const slash = type === 'directory' ? '/' : ''
  const time = isoTime(modifiedMs)
  const shownSize = slash === '' ? `<data value="${size}">${formatSize(size)}</data>` : ''
  const shownTime = `<time datetime="${time}">${time.slice(0, 16).replace('T', ' ')}</time>`
  return `<tr><td><a href="./${escapeHtml(encodeName(name))}${slash}">${escapeHtml(name)}${slash}</a><td>${shownSize}<td>${shownTime}`
}

/** Times that no calendar has are left at its end. */
function isoTime(ms: number): string {
  const limit = 8_640_000_000_000_000
  return new Date(Math.min(Math.max(ms, -limit), limit)).toISOString()
}

function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  let value = bytes
  let unit = -1
  do {
    value /= 1000
    unit++
  } while (value >= 999.5 && unit < units.length - 1)
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

const units = ['kB', 'MB', 'GB', 'TB', 'PB'] as const

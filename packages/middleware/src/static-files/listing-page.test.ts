import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ListedEntry } from './directory-listing.ts'
import {
  htmlListing,
  jsonListing,
  type ListingPage,
  listingPolicy,
  listingStyle,
  parseListingOrder,
} from './listing-page.ts'

const day = 86_400_000

function file(name: string, size = 1, modifiedMs = 0): ListedEntry {
  return { name, type: 'file', size, modifiedMs }
}

function folder(name: string, modifiedMs = 0): ListedEntry {
  return { name, type: 'directory', size: 0, modifiedMs }
}

function pageOf(entries: readonly ListedEntry[], changed: Partial<ListingPage> = {}): ListingPage {
  return {
    entries,
    truncated: false,
    path: '/',
    hasParent: false,
    sort: 'name',
    descending: false,
    ...changed,
  }
}

/** The links of the rows, in their order. */
function linksOf(page: ListingPage): string[] {
  return Array.from(htmlListing(page).matchAll(/<td><a href="([^"]*)"/g), ([, link]) => link as string)
}

describe('entries', () => {
  const entries = [
    file('b10', 1, day),
    folder('z', day),
    file('b9', 3, 0),
    folder('y'),
    file('A', 2, 2 * day),
  ]

  test.each([
    ['name', false, './y/ ./z/ ./A ./b9 ./b10'],
    ['name', true, './z/ ./y/ ./b10 ./b9 ./A'],
    ['size', false, './y/ ./z/ ./b10 ./A ./b9'],
    ['size', true, './z/ ./y/ ./b9 ./A ./b10'],
    ['modified', false, './y/ ./z/ ./b9 ./b10 ./A'],
    ['modified', true, './z/ ./y/ ./A ./b10 ./b9'],
  ] as const)('are sorted by %s, descending: %s, directories first', (sort, descending, expected) => {
    const page = pageOf(entries, { sort, descending })
    expect(linksOf(page).join(' ')).toBe(expected)
    const names = JSON.parse(jsonListing(page)).entries.map(({ name, type }: ListedEntry) =>
      type === 'directory' ? `./${name}/` : `./${name}`,
    )
    expect(names.join(' ')).toBe(expected)
  })

  test('lead to where they are, whatever they are called', () => {
    expect(
      linksOf(pageOf([file('a b.txt'), file('a+b@c'), file('100%'), file('javascript:x'), file('?#')])),
    ).toEqual(['./%3F%23', './100%25', './a%20b.txt', './a+b@c', './javascript:x'])
  })

  test('show their sizes and times', () => {
    const html = htmlListing(
      pageOf([file('a', 999, 0), file('b', 1234), file('c', 98_765_432), file('d', 999_999)]),
    )
    expect(html).toContain('<data value="999">999 B</data>')
    expect(html).toContain('<data value="1234">1.2 kB</data>')
    expect(html).toContain('<data value="98765432">99 MB</data>')
    expect(html).toContain('<data value="999999">1.0 MB</data>')
    expect(html).toContain('<time datetime="1970-01-01T00:00:00.000Z">1970-01-01 00:00</time>')
    expect(htmlListing(pageOf([file('e', 1, 1e300)]))).toContain('+275760')
  })

  test('are all in JSON', () => {
    const page = pageOf([file('a', 5, day), folder('b')], { path: '/x/', truncated: true })
    expect(JSON.parse(jsonListing(page))).toEqual({
      path: '/x/',
      truncated: true,
      entries: [
        { name: 'b', type: 'directory', modified: '1970-01-01T00:00:00.000Z' },
        { name: 'a', type: 'file', size: 5, modified: '1970-01-02T00:00:00.000Z' },
      ],
    })
  })
})

describe('the page', () => {
  test('has a link to the directory above where that is listed, too', () => {
    expect(linksOf(pageOf([file('a')], { hasParent: true }))).toEqual(['../', './a'])
    expect(linksOf(pageOf([file('a')]))).toEqual(['./a'])
  })

  test('says that there is more, and that there is nothing', () => {
    expect(htmlListing(pageOf([file('a')], { truncated: true }))).toContain('There is more in this directory')
    expect(htmlListing(pageOf([file('a')]))).not.toContain('There is more')
    expect(htmlListing(pageOf([]))).toContain('This directory is empty.')
  })

  test('has links that sort, and turn the order of the column it is sorted by', () => {
    const html = htmlListing(pageOf([], { sort: 'size' }))
    expect(html).toContain('<th scope="col"><a href="?sort=name&amp;order=asc">Name</a>')
    expect(html).toContain(
      '<th scope="col" aria-sort="ascending"><a href="?sort=size&amp;order=desc">Size</a> ↑',
    )
    const turned = htmlListing(pageOf([], { sort: 'modified', descending: true }))
    expect(turned).toContain(
      'aria-sort="descending"><a href="?sort=modified&amp;order=asc">Modified (UTC)</a> ↓',
    )
  })

  test('may load its own style and nothing else', () => {
    const hash = createHash('sha256').update(listingStyle).digest('base64')
    expect(listingPolicy).toContain(`style-src 'sha256-${hash}'`)
    expect(htmlListing(pageOf([]))).toContain(`<style>${listingStyle}</style>`)
  })
})

// robustness.md P9
describe('what a name or path holds is shown and never run', () => {
  test('a script', () => {
    const name = '"><script>alert(1)</script>'
    const html = htmlListing(pageOf([file(name)], { path: `/${name}/` }))
    expect(html).not.toContain('<script>')
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(linksOf(pageOf([file(name)]))).toEqual(['./%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E'])
  })

  test('anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const page = pageOf([file(name)], { path: `/${name}` })
        const html = htmlListing(page).replace(listingStyle, '')
        const frame = htmlListing(pageOf([file('x')], { path: '/x' })).replace(listingStyle, '')
        const tags = (text: string): string[] => text.match(/<[^\s>]*/g) ?? []
        expect(tags(html)).toEqual(tags(frame))
        for (const link of linksOf(page)) {
          const { origin, pathname } = new URL(
            link.replaceAll('&amp;', '&').replaceAll('&#39;', "'"),
            'http://a/b/',
          )
          expect([origin, pathname.slice(0, 3)]).toEqual(['http://a', '/b/'])
        }
        expect(JSON.parse(jsonListing(page)).entries).toHaveLength(1)
      }),
    )
  })
})

describe('the order that a query string asks for', () => {
  test.each([
    ['', { sort: 'name', descending: false }],
    ['sort=size', { sort: 'size', descending: false }],
    ['sort=modified&order=desc', { sort: 'modified', descending: true }],
    ['order=desc&other=1', { sort: 'name', descending: true }],
    ['sort=constructor&order=down', { sort: 'name', descending: false }],
    ['sort=%zz&sort=size', { sort: 'name', descending: false }],
  ])('%j is %j', (query, expected) => {
    expect(parseListingOrder(query)).toEqual(expected)
  })

  test('is one of those there are, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (query) => {
        expect(['name', 'size', 'modified']).toContain(parseListingOrder(query).sort)
      }),
    )
  })
})

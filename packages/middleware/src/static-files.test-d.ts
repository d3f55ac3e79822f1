import type { HeaderList, Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { packageAssets, type StaticFilesOptions, type StaticMounts, staticFiles } from './static-files.ts'

test('mounts are places, or lists of them', () => {
  expectTypeOf(staticFiles({ '/': 'public' })).toEqualTypeOf<Middleware>()
  staticFiles({
    '/': ['dist', new URL('file:///srv/')],
    '/vendor': packageAssets('a', 'dist', import.meta.url),
  })
  staticFiles({ '/': ['dist', 'public'] as const })
  expectTypeOf(packageAssets).returns.toEqualTypeOf<string>()
  expectTypeOf<StaticMounts[string]>().toExtend<string | URL | readonly (string | URL)[]>()
  // @ts-expect-error: a place is a path or a URL.
  staticFiles({ '/': 42 })
  // @ts-expect-error: without mounts there is nothing to serve.
  staticFiles()
})

test('rules are pairs of patterns and what they say', () => {
  const options: StaticFilesOptions = {
    cacheControl: [
      ['*.html', 'no-cache'],
      [['/assets/**', '*.woff2'], { maxAge: 31_536_000, immutable: true }],
    ],
    headers: [['*.html', [['X-Frame-Options', 'DENY']]]],
  }
  staticFiles({ '/': 'dist' }, options)
  staticFiles({ '/': 'dist' }, { cacheControl: [['*', 'no-store']] as const })
  // @ts-expect-error: a directive of requests.
  staticFiles({ '/': 'dist' }, { cacheControl: [['*', { onlyIfCached: true }]] })
  // @ts-expect-error: no such directive.
  staticFiles({ '/': 'dist' }, { cacheControl: [['*', { maxage: 60 }]] })
  // @ts-expect-error: rules are a list, as their order counts.
  staticFiles({ '/': 'dist' }, { cacheControl: { '*.html': 'no-cache' } })
})

test('headers are a list, rules, or a function of the path', () => {
  staticFiles({ '/': 'dist' }, { headers: [['X-A', '1']] })
  staticFiles({ '/': 'dist' }, { headers: [] })
  staticFiles(
    { '/': 'dist' },
    {
      headers: (path) => {
        expectTypeOf(path).toBeString()
        return [['X-Path', path]]
      },
    },
  )
  // @ts-expect-error: a file is prepared at once.
  staticFiles({ '/': 'dist' }, { headers: async (): Promise<HeaderList> => [] })
  // @ts-expect-error: values are texts.
  staticFiles({ '/': 'dist' }, { headers: [['X-A', 1]] })
})

test('closed sets are closed', () => {
  expectTypeOf<StaticFilesOptions['dotfiles']>().toEqualTypeOf<'ignore' | 'deny' | 'allow' | undefined>()
  expectTypeOf<StaticFilesOptions['symlinks']>().toEqualTypeOf<'inside' | 'follow' | 'refuse' | undefined>()
  // @ts-expect-error: no such coding of neighbours.
  staticFiles({ '/': 'dist' }, { precompressed: ['deflate'] })
  // @ts-expect-error: a page is found, or is not.
  staticFiles({ '/': 'dist' }, { fallback: { file: 'index.html', status: 410 } })
  // @ts-expect-error: a fallback needs its file.
  staticFiles({ '/': 'dist' }, { fallback: { status: 404 } })
  staticFiles(
    { '/': 'dist' },
    { fallback: 'index.html', listing: { limit: 10 }, tryFiles: ['.html'], cache: false },
  )
})

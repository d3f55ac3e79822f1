import { expect, test } from 'vitest'
import { parseTarget } from './target.ts'

const good: readonly [text: string, file: string, exportName: string | undefined, call: boolean][] = [
  ['app.ts:app', 'app.ts', 'app', false],
  ['app.js', 'app.js', undefined, false],
  ['app.ts:create()', 'app.ts', 'create', true],
  ['./src/main.mjs:default', './src/main.mjs', 'default', false],
  ['a:b.ts:$app_1', 'a:b.ts', '$app_1', false],
  ['C:\\site\\app.ts', 'C:\\site\\app.ts', undefined, false],
  ['C:/site/app.ts:größe', 'C:/site/app.ts', 'größe', false],
]
test.for(good)('%s is taken apart', ([text, file, exportName, call]) => {
  expect(parseTarget(text)).toEqual({ text, file, exportName, call })
})

test.for(['', ':app', 'app.ts:', 'app.ts:a.b', 'app.ts:create(1)', 'app.ts:()', 'app.ts:1', 'app.ts:a b'])(
  '%j is refused with exit code 2',
  (text) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ name: 'CommandError', exitCode: 2 }))
  },
)

import { expect, test } from 'vitest'
import { plainFailure } from '../failure/failure.ts'
import { answerFailure } from '../failure/failure-page.ts'
import { answerLiveFailure } from './live-failure.ts'
import { scriptElement, scriptHash } from './live-script.ts'

const failure = plainFailure('error', 'It ended.')

test('a page about a failure has the script, which its policy allows', async () => {
  const { headers, body } = await answerLiveFailure(failure, 'text/html', 500, '7')
  expect(body).toContain(`${scriptElement('7')}</body>`)
  expect(Object.fromEntries(headers)['Content-Security-Policy']).toContain(scriptHash)
  expect(headers.map(([name]) => name)).not.toContain('Content-Length')
})

test.for(['application/json', 'text/plain', '*/*', undefined])(
  'for Accept: %s it has none',
  async (accept) => {
    expect(await answerLiveFailure(failure, accept, 502, '7')).toEqual(answerFailure(failure, accept, 502))
  },
)

test('without pages that reload it has none', async () => {
  const { body } = await answerLiveFailure(failure, 'text/html', 500, undefined)
  expect(body).not.toContain('<script')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AnswerFacts, FACTS, formatFacts, unknownFacts } from './write-out.ts'

const facts: AnswerFacts = {
  method: 'GET',
  url: new URL('http://localhost/a'),
  status: 302,
  contentType: 'text/plain',
  size: 12,
  redirects: 1,
  redirectUrl: 'http://localhost/b',
  ms: 1234.5678,
}

test('names stand for what is known of the answer', () => {
  expect(formatFacts(FACTS.map((name) => `${name}=%{${name}}`).join(' '), facts)).toBe(
    'content_type=text/plain http_code=302 http_version=1.1 method=GET num_redirects=1 redirect_url=http://localhost/b response_code=302 size_download=12 time_total=1.234568 url_effective=http://localhost/a',
  )
})

test('what an answer does not have is empty', () => {
  const bare = { ...facts, contentType: undefined, redirectUrl: undefined }
  expect(formatFacts('[%{content_type}%{redirect_url}]', bare)).toBe('[]')
})

test('escapes stand for what they are in C, and %% for a percent sign', () => {
  expect(formatFacts('%%{http_code}\\t%{http_code}%\\r\\n\\x\\', facts)).toBe('%{http_code}\t302%\r\n\\x\\')
})

test('names that are not known are found', () => {
  expect(unknownFacts('%{http_code} %{speed} %{} %%{x}')).toEqual(['speed', '', 'x'])
  expect(unknownFacts('100 %')).toEqual([])
})

test('any text is a format', () => {
  fc.assert(
    fc.property(fc.string(), (format) => {
      const text = formatFacts(format, facts)
      if (!/[%\\]/.test(format)) expect(text).toBe(format)
    }),
  )
})

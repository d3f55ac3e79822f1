import type { Application } from '@stapel/core'
import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import { answerRedirect, isRedirectStatus, type RedirectStatus } from './answer-redirect.ts'

test.each([
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [303, 'See Other'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
] as const)('answers %i %s', async (status, reason) => {
  const app: Application = (_environ, startResponse) => answerRedirect('/a?b', status, startResponse)
  const answer = await new Client(app, { followRedirects: false }).get('/')
  expect([answer.status, answer.reason, answer.text()]).toEqual([status, reason, 'Go to /a?b\n'])
  expect([...answer.headers]).toEqual([
    ['location', '/a?b'],
    ['content-type', 'text/plain; charset=utf-8'],
    ['x-content-type-options', 'nosniff'],
    ['content-length', '11'],
  ])
})

test('is text, so that no location is read as HTML', async () => {
  const app: Application = (_environ, startResponse) => answerRedirect('/<script>', 308, startResponse)
  const answer = await new Client(app, { followRedirects: false }).get('/')
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
})

test('isRedirectStatus knows the codes whose answers have a Location to follow', () => {
  const codes = [300, 301, 302, 303, 304, 305, 306, 307, 308, '308', undefined]
  expect(codes.filter(isRedirectStatus)).toEqual([301, 302, 303, 307, 308] satisfies RedirectStatus[])
})

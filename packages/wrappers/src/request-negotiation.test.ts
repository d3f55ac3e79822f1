import type { Environ } from '@stapel/core'
import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import {
  acceptCharsetsOf,
  acceptEncodingsOf,
  acceptLanguagesOf,
  acceptMimetypesOf,
  authorizationOf,
  mediaTypeOf,
} from './request-negotiation.ts'

function sent(name: string, value: string): Environ {
  return createEnviron('/', { headers: { [name]: value } })
}

test('each field is read by its own rules', () => {
  expect(acceptMimetypesOf(sent('Accept', 'text/*')).bestMatch(['image/png', 'text/csv'])).toBe('text/csv')
  expect(acceptLanguagesOf(sent('Accept-Language', 'de-CH')).bestMatch(['en', 'de'])).toBe('de')
  expect(acceptEncodingsOf(sent('Accept-Encoding', 'x-gzip')).bestMatch(['br', 'gzip'])).toBe('gzip')
  expect(acceptCharsetsOf(sent('Accept-Charset', 'latin1')).bestMatch(['utf-8', 'latin1'])).toBe('latin1')
})

describe('authorization', () => {
  test('Basic gives user and password, also with a colon in it', () => {
    const header = `Basic ${Buffer.from('Ada:se:cret', 'utf8').toString('base64')}`
    expect(authorizationOf(sent('Authorization', header))).toMatchObject({
      scheme: 'basic',
      username: 'Ada',
      password: 'se:cret',
    })
  })

  test('Bearer gives the token', () => {
    expect(authorizationOf(sent('Authorization', 'bearer mF_9.B5f-4.1JqM='))).toMatchObject({
      scheme: 'bearer',
      token: 'mF_9.B5f-4.1JqM=',
    })
  })

  test('Digest gives its fields', () => {
    const parameters = authorizationOf(sent('Authorization', 'Digest username="Ada", qop=auth'))?.parameters
    expect([...(parameters ?? [])]).toEqual([
      ['username', 'Ada'],
      ['qop', 'auth'],
    ])
  })

  test.each(['Basic', 'Basic !!!', 'Basic QWRh', 'Basic /w==', 'Bearer a b', ''])('%j is none', (header) => {
    const authorization = authorizationOf(sent('Authorization', header))
    expect(authorization?.username ?? authorization?.token).toBeUndefined()
  })

  test('without the header there is none', () => {
    expect(authorizationOf(createEnviron('/'))).toBeUndefined()
  })
})

describe('the media type', () => {
  test('comes with its parameters', () => {
    expect(mediaTypeOf(sent('Content-Type', 'Text/HTML; Charset="UTF-8"; a=1'))).toEqual({
      essence: 'text/html',
      parameters: [
        ['charset', 'UTF-8'],
        ['a', '1'],
      ],
    })
  })

  test.each(['', 'text', 'text/', 'text/html; a', 'text/html; a="'])('%j is none', (header) => {
    expect(mediaTypeOf({ ...createEnviron('/'), CONTENT_TYPE: header })).toBeUndefined()
  })

  test('without the header there is none', () => {
    expect(mediaTypeOf(createEnviron('/'))).toBeUndefined()
  })
})

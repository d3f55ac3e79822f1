import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAccept } from './accept.ts'
import { formatAccessControl } from './access-control.ts'
import { formatAllow } from './allow.ts'
import { formatAuthorization } from './authorization.ts'
import { formatCacheControl } from './cache-control.ts'
import { formatChallenge } from './challenge.ts'
import { formatContentDisposition } from './content-disposition.ts'
import { formatContentSecurityPolicy } from './content-security-policy.ts'
import { formatOpenerPolicy } from './cross-origin.ts'
import { formatDict } from './dict.ts'
import { digestParameters } from './digest-credentials.ts'
import { formatEntityTags } from './etag.ts'
import { extendedParameters, formatExtendedValue } from './extended-value.ts'
import { isFieldValue } from './field.ts'
import { formatFieldNames } from './field-names.ts'
import { formatForwarded } from './forwarded.ts'
import { formatHost } from './host.ts'
import * as vocabulary from './index.ts'
import { formatLinks } from './link.ts'
import { formatList } from './list.ts'
import { formatMediaType } from './media-type.ts'
import { formatOptions } from './options.ts'
import { formatParameters } from './parameters.ts'
import { nonceSource } from './policy-nonce.ts'
import { addVary } from './vary.ts'

const formatters: Readonly<Record<string, (text: string) => string>> = {
  'a list': (text) => formatList([text, text]),
  'a dict': (text) => formatDict([[text, text], ['a', text], [text]]),
  'options around a value': (text) => formatOptions({ value: text, parameters: [] }),
  'the name of a parameter': (text) => formatParameters([[text, 'a']]),
  'the value of a parameter': (text) => formatParameters([['a', text]]),
  'an extended value': (text) => formatExtendedValue(text),
  'the language of an extended value': (text) => formatExtendedValue('a', text),
  'extended parameters': (text) => formatParameters(extendedParameters('a', text)),
  'a fallback': (text) => formatParameters(extendedParameters('a', 'b', { fallback: text })),
  'a file name': (text) => formatContentDisposition('attachment', text),
  'the fallback of a file name': (text) => formatContentDisposition('attachment', 'ä', { fallback: text }),
  'a disposition': (text) => formatContentDisposition(text),
  'a media type': (text) => formatMediaType({ essence: text, parameters: [] }),
  'the subtype of a media type': (text) => formatMediaType({ essence: `a/${text}`, parameters: [] }),
  'an entity tag': (text) => formatEntityTags([{ value: text, weak: true }]),
  'a field of Vary': (text) => addVary('Accept', text),
  'a range of Accept': (text) => formatAccept([{ value: text, parameters: [[text, text]], quality: 1 }]),
  'a field of Cache-Control': (text) => formatCacheControl({ private: [text] }),
  'an origin of CORS': (text) => headerValues(formatAccessControl({ allowOrigin: text })),
  'a method of CORS': (text) => headerValues(formatAccessControl({ allowMethods: [text] })),
  'a field of CORS': (text) => headerValues(formatAccessControl({ exposeHeaders: [text] })),
  'a method of Allow': (text) => formatAllow(['GET', text]),
  'a bearer token': (text) => formatAuthorization({ scheme: 'bearer', token: text }),
  'a scheme': (text) => formatAuthorization({ scheme: text, parameters: {} }),
  'a user name': (text) => formatAuthorization({ scheme: 'basic', username: text, password: text }),
  'a parameter of credentials': (text) => formatAuthorization({ scheme: 'x', parameters: [[text, text]] }),
  'a value of credentials': (text) =>
    formatAuthorization({ scheme: 'x', parameters: { a: text, qop: text } }),
  'a name of Digest credentials': (text) =>
    formatAuthorization({
      scheme: 'digest',
      parameters: digestParameters({
        username: text,
        realm: text,
        nonce: text,
        uri: text,
        response: '0',
        algorithm: text,
      }),
    }),
  'the realm of a challenge': (text) => formatChallenge({ scheme: 'Basic', parameters: { realm: text } }),
  'the token of a challenge': (text) => formatChallenge({ scheme: 'NTLM', token: text }),
  'a source of a policy': (text) => formatContentSecurityPolicy({ scriptSrc: ["'self'", text] }),
  'a directive of a policy': (text) => formatContentSecurityPolicy({ extensions: new Map([[text, [text]]]) }),
  'a nonce': (text) => formatContentSecurityPolicy({ scriptSrc: [nonceSource(text)] }),
  'an endpoint for reports': (text) => formatOpenerPolicy('same-origin', { reportTo: text }),
  'a field name': (text) => formatFieldNames([text]),
  'a node of Forwarded': (text) => formatForwarded([{ for: text, proto: text }]),
  'an extension of Forwarded': (text) => formatForwarded([{ extensions: new Map([[text, text]]) }]),
  'a host': (text) => formatHost({ name: text, port: undefined }),
  'the target of a link': (text) => formatLinks([{ target: text, rel: ['next'] }]),
  'the relation of a link': (text) => formatLinks([{ target: '/', rel: [text] }]),
  'the title of a link': (text) => formatLinks([{ target: '/', rel: ['next'], title: text }]),
  'the anchor of a link': (text) => formatLinks([{ target: '/', rel: ['next'], anchor: text }]),
  'a parameter of a link': (text) =>
    formatLinks([{ target: '/', rel: ['next'], parameters: [[text, text]] }]),
  'an extension of Cache-Control': (text) => formatCacheControl({ extensions: new Map([[text, text]]) }),
}

// robustness.md H1
test.each(Object.entries(formatters))('%s carries no other header, whatever the text', (_name, format) => {
  const near = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\0', '"', '\\', ';', ',', '=', 'ä', '€') })
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
      let header: string
      try {
        header = format(text)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
        return
      }
      expect(isFieldValue(header)).toBe(true)
    }),
  )
})

const files = readdirSync(import.meta.dirname).filter((name) => /^[a-z0-9-]+\.ts$/.test(name))

describe.each(files)('%s', (file) => {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8')
  const imported = [...source.matchAll(/^import (type )?[^']*?from '([^']+)'/gm)]

  test('can be imported alone', async () => {
    const url = new URL(file, import.meta.url).href
    expect(Object.keys(await import(/* @vite-ignore */ url)).length).toBeGreaterThan(0)
  })

  test('needs nothing but other files of the vocabulary, and types', () => {
    for (const [, type, from] of imported) {
      expect(from).toMatch(type === undefined ? /^\.\/[a-z0-9-]+\.ts$/ : /^\.\.?\/[a-z0-9-]+\.ts$/)
      expect(from).not.toBe('./index.ts')
    }
    expect(source).not.toMatch(/\b(?:process|Buffer)\b|\brequire\(|node:/)
  })

  // robustness.md L2: what looks for spaces on both sides of a comma takes the square of the time.
  test('splits nothing by a regular expression, and trims nothing but spaces and tabs', () => {
    expect(source).not.toMatch(/\.split\(\/|\.trim(?:Start|End)?\(/)
  })

  test('has one idea: at most 300 lines', () => {
    expect(source.split('\n').length).toBeLessThanOrEqual(300)
  })
})

function headerValues(headers: readonly (readonly [string, string])[]): string {
  return headers.map(([, value]) => value).join(', ')
}

test('the limits are those that are documented', () => {
  const limits = Object.entries(vocabulary).filter(([name]) => /_(?:LIMIT|MS)$/.test(name))
  expect(Object.fromEntries(limits)).toEqual({
    ACCEPT_LIMIT: 64,
    DELTA_SECONDS_LIMIT: 2_147_483_648,
    ENTITY_TAG_LIMIT: 100,
    FILENAME_LIMIT: 255,
    FILE_REST_MS: 2000,
    FORWARDED_LIMIT: 100,
    HOST_LENGTH_LIMIT: 253,
    LANGUAGE_RANGE_LIMIT: 64,
    LINK_LIMIT: 256,
    LIST_LIMIT: 256,
    PARAMETER_LIMIT: 100,
    RANGE_LIMIT: 100,
  })
})

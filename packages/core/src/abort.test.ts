import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { abort, createAbort } from './abort.ts'
import { HTTPError } from './http-error.ts'
import * as errors from './http-errors.ts'
import type { Application } from './protocol.ts'
import { validate } from './validate.ts'

/** What a function throws. */
function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown.')
}

describe('abort', () => {
  test('answers a request with the error of a status', async () => {
    const app: Application = () => abort(404, 'There is no entry 42.')
    const answer = await new Client(validate(app)).get('/')
    expect([answer.status, answer.text()]).toEqual([404, '404 Not Found\nThere is no entry 42.\n'])
  })

  test('makes the error of the class that belongs to the status, with its arguments', () => {
    expect(thrownBy(() => abort(404))).toBeInstanceOf(errors.NotFound)
    const refusal = thrownBy(() => abort(405, ['GET', 'HEAD']))
    expect(refusal).toBeInstanceOf(errors.MethodNotAllowed)
    expect(refusal).toMatchObject({ headers: [['Allow', 'GET, HEAD']] })
    expect(thrownBy(() => abort(503, undefined, { retryAfter: 5 }))).toMatchObject({
      headers: [['Retry-After', '5']],
    })
  })

  test.each(
    Object.values(errors)
      .filter((Kind) => Object.getPrototypeOf(Kind) === HTTPError)
      .map((Kind) => ({ Kind, status: statusOf(Kind) })),
  )('makes $Kind.name for $status', ({ Kind, status }) => {
    const make = abort as (status: number, ...args: unknown[]) => never
    expect(thrownBy(() => make(status, status === 405 ? [] : undefined))).toBeInstanceOf(Kind)
  })

  test('makes a plain HTTPError of any other status', () => {
    const error = thrownBy(() => abort(507, 'The disk is full.', { cause: 'disk' }))
    expect(error).toMatchObject({
      name: 'HTTPError',
      status: 507,
      description: 'The disk is full.',
      cause: 'disk',
    })
  })

  test('answers with a response', async () => {
    const elsewhere = {
      status: 303,
      respond: (_environ: unknown, startResponse: Parameters<Application>[1]) => {
        startResponse('303 See Other', [['Location', '/login']])
        return ''
      },
    }
    const answer = await new Client(validate(() => abort(elsewhere))).get('/')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login'])
  })

  test.each([200, 303, 399, 1000, 404.5, Number.NaN])('refuses the status %s', (status) => {
    expect(() => abort(status)).toThrow(RangeError)
  })

  test.each([undefined, null, '404', {}, { status: 404 }])('refuses %j', (what) => {
    expect(() => abort(what as unknown as number)).toThrow('expected a status as in 404, or a Response')
  })
})

describe('createAbort', () => {
  class PaymentRequired extends HTTPError {
    constructor(price: number) {
      super(402, `This costs ${price}.`)
    }
  }
  class Missing extends errors.NotFound {}

  test('knows more classes, others for a status, and the rest as before', () => {
    const stop = createAbort({ 402: PaymentRequired, 404: Missing })
    expect(thrownBy(() => stop(402, 5))).toMatchObject({ status: 402, description: 'This costs 5.' })
    expect(thrownBy(() => stop(404))).toBeInstanceOf(Missing)
    expect(thrownBy(() => stop(410))).toBeInstanceOf(errors.Gone)
    expect(thrownBy(() => abort(404))).not.toBeInstanceOf(Missing)
  })

  test.each([
    { 200: Missing },
    { 40.5: Missing },
    { name: Missing },
    { 404: 'Missing' },
    { 404: undefined },
  ] as unknown as Record<number, typeof Missing>[])('refuses %j', (classes) => {
    expect(() => createAbort(classes)).toThrow(TypeError)
  })
})

function statusOf(Kind: unknown): number {
  const make = Kind as new (first?: unknown) => HTTPError
  return Kind === errors.MethodNotAllowed ? 405 : new make().status
}

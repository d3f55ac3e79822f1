import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatEvent, type ServerSentEvent } from './server-sent-event.ts'

/** What a browser makes of a stream (HTML standard, section 9.2.6). */
function read(text: string) {
  const events: { data: string; event: string; id: string }[] = []
  let id = ''
  let event = ''
  let data: string[] = []
  let retry: number | undefined
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (data.length > 0) events.push({ data: data.join('\n'), event: event || 'message', id })
      event = ''
      data = []
      continue
    }
    const colon = line.indexOf(':')
    if (colon === 0) continue
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') data.push(value)
    else if (name === 'event') event = value
    else if (name === 'id' && !value.includes('\0')) id = value
    else if (name === 'retry' && /^\d+$/.test(value)) retry = Number(value)
  }
  return { events, id, retry }
}

test('a string is the data of an event', () => {
  expect(formatEvent('Hello')).toBe('data: Hello\n\n')
})

test('every field is written', () => {
  const event = { comment: 'note', id: '7', event: 'tick', retry: 1000, data: 'a\nb' }
  expect(formatEvent(event)).toBe(': note\nid: 7\nevent: tick\nretry: 1000\ndata: a\ndata: b\n\n')
})

test('an event without data only sets what it names', () => {
  expect(read(formatEvent({ id: '7', retry: 5 }))).toEqual({ events: [], id: '7', retry: 5 })
})

test('empty data is an event', () => {
  expect(read(formatEvent('')).events).toHaveLength(1)
})

describe('line breaks (robustness.md H3)', () => {
  test.each(['a\nb', 'a\rb', 'a\r\nb'])('in data %j arrive as LF', (data) => {
    expect(read(formatEvent(data)).events).toEqual([{ data: 'a\nb', event: 'message', id: '' }])
  })

  test.each(['a\n\ndata: forged', 'a\r\rid: 9', '\n', ' two spaces', 'event: x'])(
    'in data %j make no other event',
    (data) => {
      const { events, id } = read(formatEvent({ data }))
      expect(events).toEqual([{ data: data.replaceAll('\r', '\n'), event: 'message', id: '' }])
      expect(id).toBe('')
    },
  )

  test('in a comment stay in it', () => {
    expect(read(formatEvent({ comment: 'a\n\ndata: forged' })).events).toEqual([])
  })

  test.each<ServerSentEvent>([
    { event: 'a\nb' },
    { event: 'a\rb' },
    { id: 'a\nb' },
    { id: 'a\r\ndata: forged' },
    { id: 'a\0' },
  ])('in %j are refused', (event) => {
    expect(() => formatEvent(event)).toThrow(TypeError)
  })
})

test.each([5, null, undefined, { data: 5 }, { data: { a: 1 } }, { id: 5 }, { event: null }])(
  '%j is no event',
  (event) => {
    expect(() => formatEvent(event as ServerSentEvent)).toThrow(TypeError)
  },
)

test.each([-1, 1.5, Number.NaN, '5'])('the time %j is refused', (retry) => {
  expect(() => formatEvent({ retry: retry as number })).toThrow(RangeError)
})

test('whatever the text, a browser gets it as it was but for its line breaks', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', ':', '\r', '\n', '\0', 'ü', 'data: ') })
  const word = fc.string({ unit: fc.constantFrom('a', ' ', ':', 'ü', '\u2028') })
  fc.assert(
    fc.property(text, word, word, (data, event, id) => {
      expect(read(formatEvent({ data, event, id })).events).toEqual([
        { data: data.replace(/\r\n|\r/g, '\n'), event: event || 'message', id },
      ])
    }),
  )
})

test.each([
  [{}, '\n'],
  [{ data: '' }, 'data: \n\n'],
  [{ data: 'a' }, 'data: a\n\n'],
  [{ data: ' a' }, 'data:  a\n\n'],
  [{ data: 'a\rb\nc\r\nd' }, 'data: a\ndata: b\ndata: c\ndata: d\n\n'],
  [{ data: '\n' }, 'data: \ndata: \n\n'],
  [{ data: '\r\r\n\n' }, 'data: \ndata: \ndata: \ndata: \n\n'],
  [{ data: 'a\u2028b\u0085c\fd\ve' }, 'data: a\u2028b\u0085c\fd\ve\n\n'],
  [{ data: 'a\0b' }, 'data: a\0b\n\n'],
  [{ id: '' }, 'id: \n\n'],
  [{ id: '1', event: 'x', retry: 0, comment: 'c', data: 'd' }, ': c\nid: 1\nevent: x\nretry: 0\ndata: d\n\n'],
  [{ retry: 9_007_199_254_740_991 }, 'retry: 9007199254740991\n\n'],
  [{ comment: 'a\nb' }, ': a\n: b\n\n'],
  [{ comment: '' }, ': \n\n'],
  ['', 'data: \n\n'],
])('%j is sent as %j (HTML standard section 9.2.6)', (event, text) => {
  expect(formatEvent(event)).toBe(text)
})

test.each([
  [{ id: 'a\nb' }, 'Got "a\\nb" for the id of an event'],
  [{ id: 'a\0' }, 'for the id of an event; expected a string without line breaks and NUL.'],
  [{ event: 'a\r' }, 'Got "a\\r" for the event of an event'],
  [{ event: 5 }, 'Got 5 for the event'],
  [{ id: null }, 'Got null for the id'],
  [{ data: { a: 1 } }, 'Got [object Object] for the data of an event; expected a string. Use JSON.stringify'],
  [{ data: null }, 'Got null for the data'],
  [{ comment: 1 }, 'Got 1 for the comment of an event'],
  [{ retry: -1 }, 'Got -1 for retry'],
  [{ retry: 1.5 }, 'Got 1.5 for retry'],
  [{ retry: '5' }, 'Got 5 for retry'],
  [{ retry: Number.NaN }, 'Got NaN for retry'],
  [{ retry: 2 ** 53 }, 'for retry; expected an integer of milliseconds of at least 0.'],
  [{ message: 'a' }, 'the unknown option "message" for an event'],
  [null, 'Got null for an event; expected a string, or an object such as'],
  [5, 'Got 5 for an event'],
  [{ id: `${'a'.repeat(300)}\n` }, `Got "${'a'.repeat(199)}\u2026 for the id`],
])('%j is refused and shown', (event, message) => {
  expect(() => formatEvent(event as ServerSentEvent)).toThrow(message)
})

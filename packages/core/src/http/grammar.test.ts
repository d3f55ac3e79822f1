/**
 * What is read, compared with the grammars of the RFCs written as regular expressions: slower, and not safe against what they are tried with
 * elsewhere, but as short as the RFCs.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAccept } from './accept.ts'
import { parseCacheControl } from './cache-control.ts'
import { parseContentRange } from './content-range.ts'
import { parseContentSecurityPolicy } from './content-security-policy.ts'
import { formatHttpDate, parseHttpDate } from './date.ts'
import { parseDict } from './dict.ts'
import { parseEntityTags } from './etag.ts'
import { parseExtendedValue } from './extended-value.ts'
import { splitList } from './list.ts'
import { parseMediaType } from './media-type.ts'
import { parseRange } from './range.ts'

const quoted = String.raw`"(?:[^"\\]|\\.)*"`

/** Texts of such pieces, a few of each. */
const texts = (...pieces: string[]) => fc.string({ unit: fc.constantFrom(...pieces), maxLength: 10 })

const often = { numRuns: 1500 }

test('a list is what stands between commas that are not quoted (RFC 9110 section 5.6.1)', () => {
  const member = /(?:[^",]|"(?:[^"\\]|\\.)*(?:"|\\?$))*/gs
  fc.assert(
    fc.property(texts('a', 'b', ',', ', ', '"', '\\', ' ', '\t', '"a,b"', '\\"'), (text) => {
      const members = (text.match(member) ?? []).map((found) => found.replace(/^[ \t]+|[ \t]+$/g, ''))
      expect(splitList(text)).toEqual(members.filter((found) => found !== ''))
    }),
    often,
  )
})

test('a dict has the members that are in the grammar', () => {
  const member = new RegExp(`^(a|b|ab|ba|aa|bb)(?:=([ab1]+|${quoted}))?$`, 's')
  fc.assert(
    fc.property(texts('a', 'b', '=', ',', '"', '1', 'a=1', ',b="', '"', ' ', '\\'), (text) => {
      const expected = new Map<string, string | undefined>()
      for (const found of splitList(text)) {
        const [, name, value] = member.exec(found) ?? []
        if (name === undefined || expected.has(name)) continue
        expected.set(name, value?.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value)
      }
      const read = [...parseDict(text)].filter(([name]) => /^[ab]{1,2}$/.test(name))
      expect(new Map(read)).toEqual(new Map([...expected]))
    }),
    often,
  )
})

test('a media type is type/subtype with parameters (RFC 9110 section 8.3.1)', () => {
  const type = new RegExp(
    `^[ \\t]*[ab*]+/[ab*]+[ \\t]*(?:;[ \\t]*(?:[ab*]+=(?:[ab*]+|${quoted}))?[ \\t]*)*$`,
    's',
  )
  fc.assert(
    fc.property(texts('a', 'b', '*', '/', ';', '=', '"', '\\', ' ', 'a/b', ';a=b', '; b="', '"'), (text) => {
      expect(parseMediaType(text) !== undefined).toBe(type.test(text))
    }),
    often,
  )
})

test('a range of Accept is dropped or read as the grammar has it (RFC 9110 section 12.5.1)', () => {
  const range =
    /^([abq0-9.*]+(?:\/[abq0-9.*]+)?)[ \t]*(?:;[ \t]*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*(?:;.*)?)?$/is
  const other = /;(?![ \t]*q=)/i
  fc.assert(
    fc.property(texts('a', '*', '/', ',', ';q=', ';', '0', '1', '.5', '000', ' ', 'a/b', 'q='), (text) => {
      // Parameters before the weight are for the grammar above.
      fc.pre(!splitList(text).some((member) => other.test(member.replace(/;[ \t]*q=.*/is, ''))))
      const expected = splitList(text).flatMap((member) => {
        const [, value, weight] = range.exec(member) ?? []
        return value === undefined ? [] : [{ value, parameters: [], quality: Number(weight ?? 1) }]
      })
      expect(parseAccept(text)).toEqual(expected)
    }),
    often,
  )
})

test('a Range is a list of closed, open and suffix ranges (RFC 9110 section 14.1.1)', () => {
  const spec = '(?:[0-9]+-[0-9]*|-[0-9]+)'
  const ranges = new RegExp(`^bytes=(?:[ \\t]*${spec}?[ \\t]*,)*[ \\t]*${spec}?[ \\t]*$`, 'i')
  fc.assert(
    fc.property(texts('0', '1', '9', '-', ',', ' ', '0-9', '5-', '-1', 'x', ', '), (rest) => {
      const header = `bytes=${rest}`
      const specs = rest.match(/[0-9]*-[0-9]*/g) ?? []
      const backwards = specs.some((found) => {
        const [first = '', last = ''] = found.split('-')
        return first !== '' && last !== '' && Number(last) < Number(first)
      })
      expect(parseRange(header) !== undefined).toBe(ranges.test(header) && specs.length > 0 && !backwards)
    }),
    often,
  )
})

test('a Content-Range is read where it lies within its size (RFC 9110 section 14.4)', () => {
  const digits = fc.oneof(fc.nat(20).map(String), fc.constantFrom('', '*', '-1', '+1', '01', 'x'))
  fc.assert(
    fc.property(digits, digits, digits, (first, last, size) => {
      const read = parseContentRange(`bytes ${first}-${last}/${size}`)
      const numbers = [first, last].every((text) => /^[0-9]+$/.test(text)) && /^(?:[0-9]+|\*)$/.test(size)
      const within = Number(first) <= Number(last) && (size === '*' || Number(last) < Number(size))
      expect(read !== undefined).toBe(numbers && within)
    }),
    often,
  )
})

test('entity tags are all read of a list that is in the grammar (RFC 9110 section 8.8.3)', () => {
  const tag = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
  const list = new RegExp(`^(?:[ \\t]*(?:${tag})?[ \\t]*,)*[ \\t]*(?:${tag})?[ \\t]*$`)
  fc.assert(
    fc.property(texts('"a"', 'W/"b"', '""', ',', ', ', ' ', 'a', '"', '\t', 'W/'), (text) => {
      const tags = parseEntityTags(text)
      const strict = text.match(new RegExp(tag, 'g')) ?? []
      if (list.test(text)) expect(tags).toHaveLength(strict.length)
      else expect(tags === '*' ? 0 : tags.length).toBeLessThanOrEqual(text.split('"').length / 2)
    }),
    often,
  )
})

test('Cache-Control never stores more than the grammar says (RFC 9111 section 5.2)', () => {
  fc.assert(
    fc.property(
      texts('max-age', 'no-store', 'private', 'x', '=', '1', '60', ',', ', ', '"', '"60"', ' '),
      (text) => {
        const members = splitList(text)
        const read = parseCacheControl(text)
        const has = (name: string) =>
          members.some((member) => member === name || member.startsWith(`${name}=`))
        expect(read.noStore === true).toBe(has('no-store'))
        expect(read.private !== undefined).toBe(has('private'))
        const [age] = members.filter((member) => /^max-age(?:=|$)/.test(member))
        const seconds = age === undefined ? undefined : Number(/^max-age="?([0-9]+)"?$/.exec(age)?.[1] ?? 0)
        expect(read.maxAge).toBe(age !== undefined && /=(?:"[0-9]+|[0-9]+")$/.test(age) ? 0 : seconds)
      },
    ),
    often,
  )
})

test('a policy is read as CSP level 3 section 2.2.1 has it', () => {
  fc.assert(
    fc.property(
      texts('img-src', 'sandbox', 'SANDBOX', "'self'", 'a.b', ';', '; ', ' ', '\t', 'x'),
      (text) => {
        const expected = new Map<string, string[]>()
        for (const token of text.split(';')) {
          const [name, ...values] = token.split(/[\t ]+/).filter((word) => word !== '')
          const lower = name?.toLowerCase()
          if (lower !== undefined && /^[a-z-]+$/.test(lower) && !expected.has(lower))
            expected.set(lower, values)
        }
        const { imgSrc, sandbox, extensions = new Map() } = parseContentSecurityPolicy(text)
        expect(imgSrc).toEqual(expected.get('img-src'))
        expect(sandbox).toEqual(expected.get('sandbox'))
        const own = [...extensions].filter(([name]) => /^[a-z-]+$/.test(name))
        expect(new Map(own)).toEqual(
          new Map([...expected].filter(([name]) => name !== 'img-src' && name !== 'sandbox')),
        )
      },
    ),
    often,
  )
})

test('an extended value is read where its escapes are of UTF-8 (RFC 8187 section 3.2.1)', () => {
  const grammar = /^utf-8'([a-zA-Z0-9-]*)'((?:[A-Za-z0-9!#$&+\-.^_`|~]|%[0-9A-Fa-f]{2})*)$/i
  fc.assert(
    fc.property(
      texts('UTF-8', 'utf-8', "'", 'de', '%', '%C3', '%a4', 'a', '%E2%82%AC', ' ', "''"),
      (text) => {
        const [, language, value] = grammar.exec(text) ?? []
        let expected: unknown
        try {
          expected = value === undefined ? undefined : { value: decodeURIComponent(value), language }
        } catch {
          expected = undefined
        }
        expect(parseExtendedValue(text)).toEqual(expected)
      },
    ),
    often,
  )
})

test('a date is read exactly where it is one, with any weekday (RFC 9110 section 5.6.7)', () => {
  const two = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'))
  const month = fc.constantFrom('Jan', 'Feb', 'Apr', 'Dec', 'feb', 'Mai')
  const year = fc.integer({ min: 0, max: 9999 }).map((number) => String(number).padStart(4, '0'))
  fc.assert(
    fc.property(two, month, year, two, two, two, (day, month, year, hour, minute, second) => {
      const text = `Mon, ${day} ${month} ${year} ${hour}:${minute}:${second} GMT`
      const read = parseHttpDate(text)
      // A leap second is written as the second after it, and cannot be compared so.
      if (read !== undefined && second !== '60') expect(formatHttpDate(read).slice(5)).toBe(text.slice(5))
      const days = new Date(
        Date.UTC(2000 + (Number(year) % 400), ['Jan', 'Feb', 'Mar', 'Apr'].indexOf(month) + 1, 0),
      )
      const last = month === 'Dec' ? 31 : days.getUTCDate()
      const valid =
        /^(?:Jan|Feb|Apr|Dec)$/.test(month) &&
        Number(day) >= 1 &&
        Number(day) <= last &&
        Number(hour) < 24 &&
        Number(minute) < 60 &&
        Number(second) <= 60
      expect(read !== undefined).toBe(valid)
    }),
    often,
  )
})

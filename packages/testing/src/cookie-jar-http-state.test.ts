import { RequestCookies } from '@stapel/wrappers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CookieJar } from './cookie-jar.ts'

/**
 * robustness.md C4: the cases of the IETF's http-state working group (github.com/abarth/http-state, tests/data), which RFC 6265 was written by,
 * with shorter addresses: `name: Set-Cookie | Set-Cookie @ where to -> Cookie`. Behind `=>` stands what RFC 6265bis made of it: a cookie may
 * have no name (section 5.6), controls make the whole cookie void (section 5.6), and the last `Domain` counts, an empty one too (section 5.7).
 * One case wants escapes in paths to be decoded; it was switched off, and browsers do not.
 */
const table = `
0001: foo=bar -> foo=bar
0002: foo=bar; Expires=Fri, 07 Aug 2019 08:04:19 GMT -> foo=bar
0003: foo=bar; Expires=Fri, 07 Aug 2007 08:04:19 GMT | foo2=bar2; Expires=Fri, 07 Aug 2027 08:04:19 GMT -> foo2=bar2
0004: foo -> (none) => foo
0005: foo=bar; max-age=10000; -> foo=bar
0006: foo=bar; max-age=0; -> (none)
0007: foo=bar; version=1; -> foo=bar
0008: foo=bar; version=1000; -> foo=bar
0009: foo=bar; customvalue=1000; -> foo=bar
0010: foo=bar; secure; -> (none)
0011: foo=bar; customvalue="1000 or more"; -> foo=bar
0012: foo=bar; customvalue="no trailing semicolon" -> foo=bar
0013: foo=bar | foo=qux -> foo=qux
0014: foo1=bar | foo2=qux -> foo1=bar; foo2=qux
0015: a=b | z=y -> a=b; z=y
0016: z=y | a=b -> z=y; a=b
0017: z=y, a=b -> z=y, a=b
0018: z=y; foo=bar, a=b -> z=y
0019: foo=b;max-age=3600, c=d;path=/ -> foo=b
0020: a=b | = | c=d -> a=b; c=d
0021: a=b | =x | c=d -> a=b; c=d => a=b; x; c=d
0022: a=b | x= | c=d -> a=b; x=; c=d
0023: foo |  -> (none) => foo
0024: foo | = -> (none) => foo
0025: foo | ; bar -> (none) => foo
0026: foo |     -> (none) => foo
0027: foo | bar -> (none) => bar
0028: foo | \t -> (none) => foo
ATTRIBUTE0001: foo=bar; Secure -> (none)
ATTRIBUTE0002: foo=bar; seCURe -> (none)
ATTRIBUTE0003: foo=bar; "Secure" -> foo=bar
ATTRIBUTE0004: foo=bar; Secure= -> (none)
ATTRIBUTE0005: foo=bar; Secure=aaaa -> (none)
ATTRIBUTE0006: foo=bar; Secure qux -> foo=bar
ATTRIBUTE0007: foo=bar; Secure =aaaaa -> (none)
ATTRIBUTE0008: foo=bar; Secure= aaaaa -> (none)
ATTRIBUTE0009: foo=bar; Secure; qux -> (none)
ATTRIBUTE0010: foo=bar; Secure;qux -> (none)
ATTRIBUTE0011: foo=bar; Secure    ; qux -> (none)
ATTRIBUTE0012: foo=bar;                Secure -> (none)
ATTRIBUTE0013: foo=bar;       Secure     ; -> (none)
ATTRIBUTE0014: foo=bar; Path -> foo=bar
ATTRIBUTE0015: foo=bar; Path= -> foo=bar
ATTRIBUTE0016: foo=bar; Path=/ -> foo=bar
ATTRIBUTE0017: foo=bar; Path=/qux -> (none)
ATTRIBUTE0018: foo=bar; Path    =/qux -> (none)
ATTRIBUTE0019: foo=bar; Path=    /qux -> (none)
ATTRIBUTE0020: foo=bar; Path=/qux      ; taz -> (none)
ATTRIBUTE0021: foo=bar; Path=/qux; Path=/ -> foo=bar
ATTRIBUTE0022: foo=bar; Path=/; Path=/qux -> (none)
ATTRIBUTE0023: foo=bar; Path=/qux; Path=/result -> foo=bar
ATTRIBUTE0024: foo=bar; Path=/result; Path=/qux -> (none)
ATTRIBUTE0025: foo=bar; qux; Secure -> (none)
ATTRIBUTE0026: foo=bar; qux="aaa;bbb"; Secure -> (none)
CHARSET0001: foo=春节回家路·春运完全手册 -> foo=春节回家路·春运完全手册
CHARSET0002: 春节回=家路·春运完全手册 -> 春节回=家路·春运完全手册
CHARSET0003: 春节回=家路·春运; 完全手册 -> 春节回=家路·春运
CHARSET0004: foo="春节回家路·春运完全手册" -> foo="春节回家路·春运完全手册"
CHROMIUM0001: a=b -> a=b
CHROMIUM0002: aBc="zzz "   ; -> aBc="zzz "
CHROMIUM0003: aBc="zzz " ; -> aBc="zzz "
CHROMIUM0004: aBc="zz;pp" ; ; -> aBc="zz
CHROMIUM0005: aBc="zz ; -> aBc="zz
CHROMIUM0006: aBc="zzz "   "ppp"  ; -> aBc="zzz "   "ppp"
CHROMIUM0007: aBc="zzz "   "ppp" ; -> aBc="zzz "   "ppp"
CHROMIUM0008: aBc=A"B ; -> aBc=A"B
CHROMIUM0009: BLAHHH; path=/; -> (none) => BLAHHH
CHROMIUM0010: "BLA\\"HHH"; path=/; -> (none) => "BLA\\"HHH"
CHROMIUM0011: a="B -> a="B
CHROMIUM0012: =ABC -> (none) => ABC
CHROMIUM0013: ABC=;  path = / -> ABC=
CHROMIUM0014:   A  = BC  ;foo;;;   bar -> A=BC
CHROMIUM0015:   A=== BC  ;foo;;;   bar -> A=== BC
CHROMIUM0016: foo="zohNumRKgI0oxyhSsV3Z7D"  ; expires=Sun, 18-Apr-2027 21:06:29 GMT ; path=/  ;   -> foo="zohNumRKgI0oxyhSsV3Z7D"
CHROMIUM0017: foo=zohNumRKgI0oxyhSsV3Z7D  ; expires=Sun, 18-Apr-2027 21:06:29 GMT ; path=/  ;   -> foo=zohNumRKgI0oxyhSsV3Z7D
CHROMIUM0018:      -> (none)
CHROMIUM0021:  -> (none)
COMMA0001: foo=bar, baz=qux -> foo=bar, baz=qux
COMMA0002: foo="bar, baz=qux" -> foo="bar, baz=qux"
COMMA0003: foo=bar; b,az=qux -> foo=bar
COMMA0004: foo=bar; baz=q,ux -> foo=bar
COMMA0005: foo=bar; Max-Age=50,399 -> foo=bar
COMMA0006: foo=bar; Expires=Fri, 07 Aug 2019 08:04:19 GMT -> foo=bar
COMMA0007: foo=bar; Expires=Fri 07 Aug 2019 08:04:19 GMT, baz=qux -> foo=bar
DISABLED_CHROMIUM0022: AAA=BB\x00ZYX -> AAA=BB => (none)
DISABLED_CHROMIUM0023: AAA=BB\rZYX -> AAA=BB => (none)
DISABLED_PATH0029: foo=bar; path=/result/foo/bar @ /result/f%6Fo/bar -> foo=bar => (none)
DOMAIN0001: foo=bar; domain=home.example.org @ //home.example.org/result -> foo=bar
DOMAIN0002: foo=bar; domain=home.example.org @ //sibling.example.org/result -> (none)
DOMAIN0003: foo=bar; domain=.home.example.org @ //home.example.org/result -> foo=bar
DOMAIN0004: foo=bar; domain=home.example.org @ //subdomain.home.example.org/result -> foo=bar
DOMAIN0005: foo=bar; domain=.home.example.org @ //subdomain.home.example.org/result -> foo=bar
DOMAIN0006: foo=bar; domain=.home.example.org @ //sibling.example.org/result -> (none)
DOMAIN0007: foo=bar; domain=sibling.example.org @ //sibling.example.org/result -> (none)
DOMAIN0008: foo=bar; domain=.example.org @ //home.example.org/result -> foo=bar
DOMAIN0009: foo=bar; domain=example.org @ //home.example.org/result -> foo=bar
DOMAIN0010: foo=bar; domain=..home.example.org @ //home.example.org/result -> (none)
DOMAIN0011: foo=bar; domain=home..example.org @ //home.example.org/result -> (none)
DOMAIN0012: foo=bar; domain=  .home.example.org @ //home.example.org/result -> foo=bar
DOMAIN0013: foo=bar; domain=  .  home.example.org @ //home.example.org/result -> (none)
DOMAIN0014: foo=bar; domain=home.example.org. @ //home.example.org/result -> (none)
DOMAIN0015: foo=bar; domain=home.example.org.. @ //home.example.org/result -> (none)
DOMAIN0016: foo=bar; domain=home.example.org . @ //home.example.org/result -> (none)
DOMAIN0017: foo=bar; domain=.org @ //home.example.org/result -> (none)
DOMAIN0018: foo=bar; domain=.org. @ //home.example.org/result -> (none)
DOMAIN0019: foo=bar; domain=home.example.org | foo2=bar2; domain=.home.example.org @ //home.example.org/result -> foo=bar; foo2=bar2
DOMAIN0020: foo2=bar2; domain=.home.example.org | foo=bar; domain=home.example.org @ //home.example.org/result -> foo2=bar2; foo=bar
DOMAIN0021: foo=bar; domain="home.example.org" @ //home.example.org/result -> (none)
DOMAIN0022: foo=bar; domain=home.example.org | foo2=bar2; domain=.example.org @ //home.example.org/result -> foo=bar; foo2=bar2
DOMAIN0023: foo2=bar2; domain=.example.org | foo=bar; domain=home.example.org @ //home.example.org/result -> foo2=bar2; foo=bar
DOMAIN0024: foo=bar; domain=.example.org; domain=home.example.org @ //sibling.example.org/result -> (none)
DOMAIN0025: foo=bar; domain=home.example.org; domain=.example.org @ //sibling.example.org/result -> foo=bar
DOMAIN0026: foo=bar; domain=home.eXaMpLe.org @ //home.example.org/result -> foo=bar
DOMAIN0027: foo=bar; domain=home.example.org:8888 @ //home.example.org/result -> (none)
DOMAIN0028: foo=bar; domain=subdomain.home.example.org @ //subdomain.home.example.org/result -> (none)
DOMAIN0029: foo=bar @ //subdomain.home.example.org/result -> (none)
DOMAIN0031: foo=bar; domain=home.example.org; domain=.example.org @ //sibling.example.org/result -> foo=bar
DOMAIN0033: foo=bar; domain=home.example.org @ //hoMe.eXaMplE.org/result -> foo=bar
DOMAIN0034: foo=bar; domain=home.example.org; domain=home.example.com @ //home.example.org/result -> (none)
DOMAIN0035: foo=bar; domain=home.example.com; domain=home.example.org @ //home.example.org/result -> foo=bar
DOMAIN0036: foo=bar; domain=home.example.org; domain=home.example.com; domain=home.example.org @ //home.example.org/result -> foo=bar
DOMAIN0037: foo=bar; domain=home.example.com; domain=home.example.org; domain=home.example.com @ //home.example.org/result -> (none)
DOMAIN0038: foo=bar; domain=home.example.org; domain=home.example.org @ //home.example.org/result -> foo=bar
DOMAIN0039: foo=bar; domain=home.example.org; domain=example.org @ //home.example.org/result -> foo=bar
DOMAIN0040: foo=bar; domain=example.org; domain=home.example.org @ //home.example.org/result -> foo=bar
DOMAIN0041: foo=bar; domain=.sibling.example.org @ //sibling.example.org/result -> (none)
DOMAIN0042: foo=bar; domain=.sibling.home.example.org @ //sibling.home.example.org/result -> (none)
MOZILLA0001: foo=bar; max-age=-1 -> (none)
MOZILLA0002: foo=bar; max-age=0 -> (none)
MOZILLA0003: foo=bar; expires=Thu, 10 Apr 1980 16:33:12 GMT -> (none)
MOZILLA0004: foo=bar; max-age=60 -> foo=bar
MOZILLA0005: foo=bar; max-age=-20 -> (none)
MOZILLA0006: foo=bar; max-age=60 -> foo=bar
MOZILLA0007: foo=bar; expires=Thu, 10 Apr 1980 16:33:12 GMT -> (none)
MOZILLA0008: foo=bar; max-age=60 | foo1=bar; max-age=60 -> foo=bar; foo1=bar
MOZILLA0009: foo=bar; max-age=60 | foo1=bar; max-age=60 | foo=differentvalue; max-age=0 -> foo1=bar
MOZILLA0010: foo=bar; max-age=60 | foo1=bar; max-age=60 | foo=differentvalue; max-age=0 | foo2=evendifferentvalue; max-age=0 -> foo1=bar
MOZILLA0011: test=parser; domain=.parser.test; ;; ;=; ,,, ===,abc,=; abracadabra! max-age=20;=;; -> (none)
MOZILLA0012: test="fubar! = foo;bar\\";" parser; max-age=6 | five; max-age=2.63, -> test="fubar! = foo => test="fubar! = foo; five
MOZILLA0013: test=kill; max-age=0 | five; max-age=0 -> (none)
MOZILLA0014: six -> (none) => six
MOZILLA0015: six | seven -> (none) => seven
MOZILLA0016: six | seven |  =eight -> (none) => eight
MOZILLA0017: six | seven |  =eight | test=six -> test=six => eight; test=six
NAME0001: a=bar -> a=bar
NAME0002: 1=bar -> 1=bar
NAME0003: $=bar -> $=bar
NAME0004: !a=bar -> !a=bar
NAME0005: @a=bar -> @a=bar
NAME0006: #a=bar -> #a=bar
NAME0007: $a=bar -> $a=bar
NAME0008: %a=bar -> %a=bar
NAME0009: ^a=bar -> ^a=bar
NAME0010: &a=bar -> &a=bar
NAME0011: *a=bar -> *a=bar
NAME0012: (a=bar -> (a=bar
NAME0013: )a=bar -> )a=bar
NAME0014: -a=bar -> -a=bar
NAME0015: _a=bar -> _a=bar
NAME0016: +=bar -> +=bar
NAME0017: =a=bar -> (none) => a=bar
NAME0018: a =bar -> a=bar
NAME0019: "a=bar -> "a=bar
NAME0020: "a=b"=bar -> "a=b"=bar
NAME0021: "a=b"=bar | "a=qux -> "a=qux
NAME0022:    foo=bar -> foo=bar
NAME0023: foo;bar=baz -> (none) => foo
NAME0024: $Version=1; foo=bar -> $Version=1
NAME0025: ===a=bar -> (none) => ==a=bar
NAME0026: foo=bar     -> foo=bar
NAME0027: foo=bar    ; -> foo=bar
NAME0028: =a -> (none) => a
NAME0029: = -> (none)
NAME0030: foo bar=baz -> foo bar=baz
NAME0031: "foo;bar"=baz -> (none) => "foo
NAME0032: "foo\\"bar;baz"=qux -> (none) => "foo\\"bar
NAME0033: =foo=bar | aaa -> (none) => aaa
OPTIONAL_DOMAIN0030: foo=bar; domain= @ //home.example.org/result -> foo=bar
OPTIONAL_DOMAIN0041: foo=bar; domain=example.org; domain= @ //home.example.org/result -> foo=bar
OPTIONAL_DOMAIN0042: foo=bar; domain=foo.example.org; domain= @ //home.example.org/result -> (none) => foo=bar
OPTIONAL_DOMAIN0043: foo=bar; domain=foo.example.org; domain= @ //subdomain.home.example.org/result -> (none)
ORDERING0001: key=val0; | key=val1; path=/result | key=val2; path=/ | key=val3; path=/bar | key=val4; domain=.example.org | key=val5; domain=.example.org; path=/result/foo @ /result/foo/baz -> key=val5; key=val1; key=val2; key=val4
PATH0001: a=b; path=/ | x=y; path=/result -> x=y; a=b
PATH0002: a=b; path=/result | x=y; path=/ -> a=b; x=y
PATH0003: x=y; path=/ | a=b; path=/result -> a=b; x=y
PATH0004: x=y; path=/result | a=b; path=/ -> x=y; a=b
PATH0005: foo=bar; path=/result/foo -> (none)
PATH0006: foo=bar | foo=qux; path=/result/foo -> foo=bar
PATH0007: foo=bar; path=/result/foo @ /result/foo -> foo=bar
PATH0008: foo=bar; path=/result/foo @ /result/bar -> (none)
PATH0009: foo=bar; path=/result/foo/qux @ /result/foo -> (none)
PATH0010: foo=bar; path=/result/foo/qux @ /result/foo/qux -> foo=bar
PATH0011: foo=bar; path=/result/foo/qux @ /result/bar/qux -> (none)
PATH0012: foo=bar; path=/result/foo/qux @ /result/foo/baz -> (none)
PATH0013: foo=bar; path=/result/foo/qux/ @ /result/foo/baz -> (none)
PATH0014: foo=bar; path=/result/foo/qux/ @ /result/foo/qux -> (none)
PATH0015: foo=bar; path=/result/foo/qux/ @ /result/foo/qux/ -> foo=bar
PATH0016: foo=bar; path=/result/foo/ @ /result/foo/qux -> foo=bar
PATH0017: foo=bar; path=/result/foo/ @ /result/foo//qux -> foo=bar
PATH0018: foo=bar; path=/result/foo/ @ /result/fooqux -> (none)
PATH0019: foo=bar; path -> foo=bar
PATH0020: foo=bar; path= -> foo=bar
PATH0021: foo=bar; path=/ -> foo=bar
PATH0022: foo=bar; path= / -> foo=bar
PATH0023: foo=bar; Path=/cookie-PARSER-result -> (none)
PATH0024: foo=bar; path=/result/foo/qux? @ /result/foo/qux -> (none)
PATH0025: foo=bar; path=/result/foo/qux# @ /result/foo/qux -> (none)
PATH0026: foo=bar; path=/result/foo/qux; @ /result/foo/qux -> foo=bar
PATH0027: foo=bar; path="/result/foo/qux;" @ /result/foo/qux -> foo=bar
PATH0028: foo=bar; path=/result/f%6Fo/bar @ /result/foo/bar -> (none)
PATH0029: a=b; \tpath\t=\t/result\t | x=y; \tpath\t=\t/book\t -> a=b
PATH0030: foo=bar; path=/dog; path= -> foo=bar
PATH0031: foo=bar; path=; path=/dog -> (none)
PATH0032: foo=bar; path=/result | foo=qux; path=/result/ @ /result/dog -> foo=qux; foo=bar
VALUE0001: foo=  bar -> foo=bar
VALUE0002: foo="bar" -> foo="bar"
VALUE0003: foo="  bar " -> foo="  bar "
VALUE0004: foo="bar;baz" -> foo="bar
VALUE0005: foo="bar=baz" -> foo="bar=baz"
VALUE0006: \tfoo\t=\tbar\t \t;\tttt -> foo=bar
`

const limit = 'a'.repeat(4094)

const cases = [
  ...table.trim().split('\n').map(parseCase),
  { name: 'CHROMIUM0019', received: [`a=${limit}`], to: '', sent: `a=${limit}` },
  { name: 'DISABLED_CHROMIUM0020', received: [`a=${limit}aa`], to: '', sent: '' },
]

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2011-02-01T00:00:00Z') })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('the jar sends what http-state expects', () => {
  test.each(cases)('$name', ({ name, received, to, sent }) => {
    expect(jarAfter(name, received).header(addressOf(name, to)) ?? '').toBe(sent)
  })
})

describe('request.cookies reads what is sent', () => {
  test.each(cases)('$name', ({ sent }) => {
    // What has no name is dropped, since it could pose as what has one; the first of several counts.
    const named = sent.split('; ').filter((pair) => pair.indexOf('=') > 0)
    const first = new Map(named.toReversed().map((pair) => [pair.slice(0, pair.indexOf('=')), pair]))
    expect(Object.fromEntries(new RequestCookies(sent))).toEqual(
      Object.fromEntries([...first].map(([name, pair]) => [name, pair.slice(name.length + 1)])),
    )
  })
})

test('there are as many cases as http-state has', () => {
  expect(cases).toHaveLength(222)
})

function parseCase(line: string): { name: string; received: string[]; to: string; sent: string } {
  const colon = line.indexOf(': ')
  const arrow = line.indexOf(' -> ')
  const [received = '', to = ''] = line.slice(colon + 2, arrow).split(' @ ')
  const sent = line
    .slice(arrow + 4)
    .split(' => ')
    .at(-1) as string
  return {
    name: line.slice(0, colon),
    received: received.split(' | '),
    to,
    sent: sent === '(none)' ? '' : sent,
  }
}

function jarAfter(name: string, received: readonly string[]): CookieJar {
  const jar = new CookieJar()
  for (const header of received) jar.receive(header, `${origin}/cookie-parser?${name}`)
  return jar
}

function addressOf(name: string, to: string): URL {
  return new URL(`${to === '' ? '/result' : to}?${name}`, origin)
}

const origin = 'http://home.example.org'

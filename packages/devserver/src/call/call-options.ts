import { flag, type Option, seconds, text, texts, whole } from '../command/option.ts'
import type { CallSettings } from './call-settings.ts'
import { FACTS, unknownFacts } from './write-out.ts'

/** The settings of `stapel call`, in the order of its help. */
export const callOptions: { readonly [Name in keyof CallSettings]: Option<CallSettings[Name]> } = {
  request: text(
    { short: 'X', value: '<method>', help: 'the method, where none is named', fallback: undefined },
    'a method, as in POST',
    (method) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method),
  ),
  header: texts(
    { short: 'H', value: '<field>', help: "send a header field, as in 'Accept: text/html'" },
    "a header field, as in 'Accept: text/html'",
    (field) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+[:;]/.test(field),
  ),
  cookie: texts(
    { short: 'b', value: '<cookies>', help: "send cookies, as in 'a=1; b=2', or those of a file" },
    "cookies, as in 'a=1; b=2', or a file",
    () => true,
  ),
  cookieJar: text(
    {
      short: 'c',
      value: '<file>',
      help: 'keep cookies over redirects, and write them to a file',
      fallback: undefined,
    },
    'the path of a file',
  ),
  user: text(
    {
      short: 'u',
      value: '<name:password>',
      help: 'send a name and a password as Basic credentials',
      fallback: undefined,
    },
    'a name and a password, as in ada:secret',
    (given) => given.includes(':'),
  ),
  userAgent: text(
    { short: 'A', value: '<text>', help: 'send a User-Agent', fallback: undefined },
    'a text',
    () => true,
  ),
  range: text(
    { short: 'r', value: '<bytes>', help: 'ask for a part, as in 0-99', fallback: undefined },
    'a range of bytes, as in 0-99',
    (range) => /^[0-9]*-[0-9]*(?:,[0-9]*-[0-9]*)*$/.test(range),
  ),
  compressed: flag({ help: 'ask for a compressed answer, and print it decompressed', fallback: false }),
  location: flag({
    short: 'L',
    help: 'follow redirects within the application',
    fallback: false,
  }),
  maxRedirs: whole(
    { value: '<number>', help: 'follow so many redirects at most (default 50)', fallback: 50 },
    0,
    1000,
  ),
  maxTime: seconds(
    {
      short: 'm',
      value: '<seconds>',
      help: 'end with exit code 28 when the answer takes longer',
      fallback: undefined,
    },
    86_400,
  ),
  insecure: flag({ short: 'k', help: 'has no effect: no certificate is checked', fallback: false }),
  data: texts(
    { short: 'd', value: '<data>', help: 'send a body: a text, @file, or @- for standard input' },
    'a text, @file, or @-',
    () => true,
  ),
  dataRaw: texts(
    { value: '<data>', help: 'send a text as it is, with an @ at its start, too' },
    'a text',
    () => true,
  ),
  dataBinary: texts({ value: '<data>', help: 'the same as --data' }, 'a text, @file, or @-', () => true),
  dataUrlencode: texts(
    { value: '<data>', help: 'send a text percent-encoded: value, name=value, @file or name@file' },
    'a text, name=value, @file or name@file',
    () => true,
  ),
  get: flag({
    short: 'G',
    help: 'add what -d and its kin give to the query, and ask with GET',
    fallback: false,
  }),
  jsonData: texts(
    { flag: 'json', value: '<data>', help: 'send a body that is JSON, and accept JSON' },
    'a text, @file, or @-',
    () => true,
  ),
  form: texts(
    { short: 'F', value: '<part>', help: 'send a form with a part name=value, or name=@file;type=image/png' },
    'a part, as in name=value or name=@file',
    (part) => /^[^=]+=/.test(part),
  ),
  include: flag({ short: 'i', help: 'print status and header fields, too', fallback: false }),
  head: flag({ short: 'I', help: 'ask with HEAD, and print status and header fields', fallback: false }),
  fail: flag({
    short: 'f',
    help: 'print no body for a status of 400 and above, and end with exit code 22',
    fallback: false,
  }),
  failWithBody: flag({ help: 'the same, and print the body', fallback: false }),
  output: text(
    { short: 'o', value: '<file>', help: 'write to a file', fallback: undefined },
    'the path of a file',
  ),
  silent: flag({ short: 's', help: 'print nothing on standard error', fallback: false }),
  showError: flag({ short: 'S', help: 'print it all the same, as in -sS', fallback: false }),
  writeOut: text(
    {
      short: 'w',
      value: '<format>',
      help: "print facts after the answer, as in '%{http_code} %{size_download}\\n'",
      fallback: undefined,
    },
    `a text with %{name} for ${FACTS.join(', ')}`,
    (format) => unknownFacts(format).length === 0,
  ),
  buffer: flag({ short: 'N', help: 'has no effect: nothing is held back', fallback: true }),
  verbose: flag({
    short: 'v',
    help: 'print request and answer with their header fields on standard error',
    fallback: false,
  }),
}

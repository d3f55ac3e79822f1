import { flag, type Option, text, texts } from '../command/option.ts'
import type { CallSettings } from './call-settings.ts'

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
    { short: 'b', value: '<cookies>', help: "send cookies, as in 'a=1; b=2'" },
    "cookies, as in 'a=1; b=2'",
    (cookies) => cookies.includes('='),
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
  output: text(
    { short: 'o', value: '<file>', help: 'write to a file', fallback: undefined },
    'the path of a file',
  ),
  silent: flag({ short: 's', help: 'print nothing on standard error', fallback: false }),
  verbose: flag({
    short: 'v',
    help: 'print request and answer with their header fields on standard error',
    fallback: false,
  }),
}

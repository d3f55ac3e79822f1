import type { Converter } from './converter.ts'

/**
 * The parameters of a pattern as a type: text for `:name`, a list of texts for `*name`, what the converter gives where there is one; those
 * in an optional group may be absent. For a pattern that is not known at compile time: anything.
 *
 * @example
 * ```ts
 * import type { Converter, ParamsOf } from '@stapel/routing'
 *
 * type Params = ParamsOf<'/users/:id{/*path}', { id: Converter<number> }>
 * const params: Params = { id: 42, path: ['photos', 'cat.png'] }
 * ```
 */
export type ParamsOf<Pattern extends string, Convert = unknown> = string extends Pattern
  ? Readonly<Record<string, unknown>>
  : Flatten<
      {
        readonly [K in KeysOf<Pattern> as K extends Optional ? never : NameOf<K>]: ValueOf<K, Convert>
      } & {
        readonly [K in KeysOf<Pattern> as K extends Optional ? NameOf<K> : never]?:
          | ValueOf<K, Convert>
          | undefined
      }
    >

/** What `convert` may hold for a pattern: a converter for each `:name`, none for a wildcard. */
export type ConvertersOf<Pattern extends string> = {
  readonly [K in KeysOf<Pattern> as NameOf<K>]?: K extends Wildcard ? never : Converter<unknown>
}

type Flatten<T> = { [Name in keyof T]: T[Name] }

// A parameter is written as in the pattern, `:id` or `*path`, with a question mark before it when it stands in a group.
type Optional = `?${string}`
type Wildcard = `*${string}` | `?*${string}`
type NameOf<Key> = Key extends `${'' | '?'}${':' | '*'}${infer Name}` ? Name : never

type ValueOf<Key, Convert> = Key extends Wildcard ? string[] : ConvertedBy<Convert, NameOf<Key>>
type ConvertedBy<Convert, Name> = Name extends keyof Convert ? Converted<Convert[Name]> : string
type Converted<C> = C extends Converter<infer T> ? T : string

/** The parameters of a pattern; `Depth` holds a question mark for each group that is open. */
type KeysOf<Pattern extends string, Depth extends string = '', Found = never> = string extends Pattern
  ? `:${string}`
  : Pattern extends `${infer Character}${infer Rest}`
    ? Character extends keyof Scan<Rest, Depth, Found>
      ? Scan<Rest, Depth, Found>[Character]
      : KeysOf<Rest, Depth, Found>
    : Found

/** What follows a character that means something. */
interface Scan<Rest extends string, Depth extends string, Found> {
  '{': KeysOf<Rest, `?${Depth}`, Found>
  '}': KeysOf<Rest, Depth extends `?${infer Outer}` ? Outer : '', Found>
  '\\': KeysOf<Rest extends `${string}${infer After}` ? After : '', Depth, Found>
  ':': TakeName<Rest, Depth, Found, ':'>
  '*': TakeName<Rest, Depth, Found, '*'>
}

type TakeName<
  Rest extends string,
  Depth extends string,
  Found,
  Sign extends string,
> = Rest extends `"${infer Name}"${infer After}`
  ? KeysOf<After, Depth, Found | KeyOf<Depth, Sign, Name>>
  : TakeWord<Rest, Depth, Found, Sign, ''>

type TakeWord<
  Rest extends string,
  Depth extends string,
  Found,
  Sign extends string,
  Name extends string,
> = Rest extends `${infer Character}${infer After}`
  ? Character extends Punctuation
    ? KeysOf<Rest, Depth, Found | KeyOf<Depth, Sign, Name>>
    : TakeWord<After, Depth, Found, Sign, `${Name}${Character}`>
  : Found | KeyOf<Depth, Sign, Name>

type KeyOf<
  Depth extends string,
  Sign extends string,
  Name extends string,
> = `${Depth extends '' ? '' : '?'}${Sign}${Name}`

/** ASCII characters that end a name; of the others it is taken that they are letters. */
type Punctuation =
  | '/'
  | '.'
  | '-'
  | '{'
  | '}'
  | ':'
  | '*'
  | '\\'
  | '~'
  | '!'
  | '@'
  | '%'
  | '&'
  | '='
  | '+'
  | ','
  | ';'
  | "'"
  | '"'
  | '('
  | ')'
  | '['
  | ']'
  | '?'
  | '#'
  | '|'
  | '^'
  | '`'
  | '<'
  | '>'
  | ' '

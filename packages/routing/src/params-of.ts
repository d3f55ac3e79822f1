import type { Converter, Converters } from './converter.ts'

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
export type ParamsOf<Pattern extends string, Convert = unknown> = ParamsOfKeys<
  KeysOf<Pattern>,
  ConvertedTypes<Convert>,
  never
>

/** Parameters of which nothing is known. */
export type AnyParams = Readonly<Record<string, unknown>>

/** What `convert` may hold for a pattern: a converter for each `:name`, none for a wildcard. */
export type ConvertersOf<Pattern extends string> = ConvertersOfKeys<KeysOf<Pattern>>

/** The converters for keys of patterns; see {@link KeysOf}. */
export type ConvertersOfKeys<Keys extends string> = {
  readonly [K in Keys as NameOf<K>]?: K extends Wildcard ? never : Converters[string]
}

/**
 * The type of a parameter. A union of these stands for a record: the compiler need not go into interfaces of texts and plain types again for each rule that
 * follows in a chain, as it does for records.
 */
export interface TypeOf<Name extends PropertyKey, T> {
  readonly name: Name
  readonly type: T
}

/** What converters give: a union of {@link TypeOf}. */
export type ConvertedTypes<Convert> = {
  [Name in keyof Convert]-?: Convert[Name] extends Converter<infer T> ? TypeOf<Name, T> : TypeOf<Name, string>
}[keyof Convert]

/** What values are: a union of {@link TypeOf}. */
export type ValueTypes<Values> = { [Name in keyof Values]-?: TypeOf<Name, Values[Name]> }[keyof Values]

/** What a handler gets. Parameters with a default are always there, and so are defaults that are no parameters. */
export type ParamsOfKeys<
  Keys extends string,
  Converts extends AnyType,
  Defaults extends AnyType,
> = string extends Keys
  ? AnyParams
  : [Extract<Keys, Optional> | Defaults] extends [never]
    ? { readonly [K in Keys as NameOf<K>]: CapturedBy<K, Converts> }
    : Flat<
        {
          readonly [K in Keys as RequiredName<K, Defaults>]:
            | CapturedBy<K, Converts>
            | OptionalDefault<K, Defaults>
        } & {
          readonly [K in Keys as OptionalName<K, Defaults>]?: CapturedBy<K, Converts> | undefined
        } & {
          readonly [Name in Exclude<NameIn<Defaults>, NameOf<Keys>>]: TypeIn<Defaults, Name>
        }
      >

/** What `url` takes. Parameters with a default may be left out. */
export type UrlParamsOfKeys<
  Keys extends string,
  Converts extends AnyType,
  Defaults extends AnyType,
> = string extends Keys
  ? AnyParams
  : [Extract<Keys, Optional> | Defaults] extends [never]
    ? { readonly [K in Keys as NameOf<K>]: Accepted<CapturedBy<K, Converts>> }
    : Flat<
        {
          readonly [K in Keys as RequiredInUrl<K, Defaults>]: Accepted<CapturedBy<K, Converts>>
        } & {
          readonly [K in Keys as OptionalInUrl<K, Defaults>]?: Accepted<CapturedBy<K, Converts>> | undefined
        } & {
          readonly [Name in Exclude<NameIn<Defaults>, NameOf<Keys>>]?: TypeIn<Defaults, Name> | undefined
        }
      >

/** Any {@link TypeOf}. */
export type AnyType = TypeOf<PropertyKey, unknown>

/** The names of types. */
export type NameIn<Types extends AnyType> = Types['name']

/** The types of one set, and those of another whose names are not in the first. */
export type Over<Types extends AnyType, Under extends AnyType> =
  | Types
  | (Under extends unknown ? (Under['name'] extends Types['name'] ? never : Under) : never)

/** An intersection as one record: a condition, because what it gives has no name of its own in messages. */
export type Flat<T> = T extends unknown ? { [Name in keyof T]: T[Name] } : never

type Optional = `?${string}`
type Wildcard = `*${string}` | `?*${string}`
type NameOf<Key> = Key extends `${'' | '?'}${':' | '*'}${infer Name}` ? Name : never

type RequiredName<Key, Defaults extends AnyType> = Key extends Optional
  ? Extract<NameOf<Key>, NameIn<Defaults>>
  : NameOf<Key>
type OptionalName<Key, Defaults extends AnyType> = Key extends Optional
  ? Exclude<NameOf<Key>, NameIn<Defaults>>
  : never
type RequiredInUrl<Key, Defaults extends AnyType> = Key extends Optional
  ? never
  : Exclude<NameOf<Key>, NameIn<Defaults>>
type OptionalInUrl<Key, Defaults extends AnyType> = Key extends Optional
  ? NameOf<Key>
  : Extract<NameOf<Key>, NameIn<Defaults>>

type CapturedBy<Key, Converts extends AnyType> = Key extends Wildcard
  ? string[]
  : OrText<TypeIn<Converts, NameOf<Key>>>
type OptionalDefault<Key, Defaults extends AnyType> = Key extends Optional
  ? TypeIn<Defaults, NameOf<Key>>
  : never
type OrText<T> = [T] extends [never] ? string : T
type Accepted<T> = T extends string[] ? readonly string[] : T

type TypeIn<Types extends AnyType, Name> = Types extends unknown
  ? Name extends Types['name']
    ? Types['type']
    : never
  : never

/**
 * The parameters of a pattern, each as it is written there, `:id` or `*path`, with a question mark before it when it stands in a group; `string` where the
 * pattern is not known. `Depth` holds a question mark for each group that is open.
 */
export type KeysOf<
  Pattern extends string,
  Depth extends string = '',
  Found extends string = never,
> = string extends Pattern
  ? string
  : Pattern extends `${infer Character}${infer Rest}`
    ? Character extends keyof Scan<Rest, Depth, Found>
      ? Scan<Rest, Depth, Found>[Character]
      : KeysOf<Rest, Depth, Found>
    : Found

/** What follows a character that means something. */
interface Scan<Rest extends string, Depth extends string, Found extends string> {
  '{': KeysOf<Rest, `?${Depth}`, Found>
  '}': KeysOf<Rest, Depth extends `?${infer Outer}` ? Outer : '', Found>
  '\\': KeysOf<Rest extends `${string}${infer After}` ? After : '', Depth, Found>
  ':': TakeName<Rest, Depth, Found, ':'>
  '*': TakeName<Rest, Depth, Found, '*'>
}

type TakeName<
  Rest extends string,
  Depth extends string,
  Found extends string,
  Sign extends string,
> = Rest extends `"${infer Name}"${infer After}`
  ? KeysOf<After, Depth, Found | KeyOf<Depth, Sign, Name>>
  : TakeWord<Rest, Depth, Found, Sign, ''>

type TakeWord<
  Rest extends string,
  Depth extends string,
  Found extends string,
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

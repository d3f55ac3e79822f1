import type { AnyConverter } from './converter.ts'

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
  ValuesOf<Convert>,
  never
>

/** What a router gives where nothing more is known of the pattern. */
export type AnyParams = Readonly<Record<string, unknown>>

/** What `convert` may hold for a pattern: a converter for each `:name`, none for a wildcard. */
export type ConvertersOf<Pattern extends string> = ConvertersOfKeys<KeysOf<Pattern>>

/** {@link ConvertersOf} the keys of patterns. */
export type ConvertersOfKeys<Keys extends string> = {
  readonly [K in Keys as NameOf<K>]?: K extends Wildcard ? never : AnyConverter
}

/**
 * A parameter and its type, in a form that the compiler need not look into again: an interface whose arguments are texts and plain types. A record of
 * parameters would be gone through anew for each rule that follows in a chain.
 */
export interface Value<Name, T> {
  readonly name: Name
  readonly type: T
}

/** What converters give, as a union of {@link Value}. */
export type ValuesOf<Convert> = { [Name in keyof Convert]: Value<Name, Converted<Convert[Name]>> }[keyof Convert]

/** Defaults, as a union of {@link Value}. */
export type DefaultsOf<Defaults> = { [Name in keyof Defaults]: Value<Name, Defaults[Name]> }[keyof Defaults]

/** What a handler gets: an optional parameter with a default is always there, and so is a default that is no parameter. */
export type ParamsOfKeys<Keys extends string, Values, Defaults> = string extends Keys
  ? AnyParams
  : Flatten<
      {
        readonly [K in Keys as RequiredName<K, Defaults>]: ValueOf<K, Values> | DefaultOf<K, Defaults>
      } & {
        readonly [K in Keys as OptionalName<K, Defaults>]?: ValueOf<K, Values> | undefined
      } & FixedParams<Exclude<NameIn<Defaults>, NameOf<Keys>>, Defaults>
    >

type Flatten<T> = { [Name in keyof T]: T[Name] }

/**
 * The names of rules as types: how a chain of rules carries them along, and what `url` makes of them.
 *
 * The type of a router has a union of {@link Named}, one for each rule with a name; what `url` takes for one is computed when it is called. The members of
 * the union are interfaces whose arguments are texts and plain types, computed before they are put in: only such types are not gone into again for each rule
 * that follows (500 rules with names took three times as long as a union of records).
 *
 * @module
 */
import type { UrlOptions } from './build-url.ts'
import type {
  AnyParams,
  AnyType,
  ConvertedTypes,
  KeysOf,
  Over,
  UrlParamsOfKeys,
  ValueTypes,
} from './params-of.ts'

/** A rule that `url` can build: its name, and what its parameters are made of. */
export interface Named<
  Name extends string,
  Keys extends string,
  Converts extends AnyType,
  Defaults extends AnyType,
> {
  readonly name: Name
  readonly keys: Keys
  readonly converts: Converts
  readonly defaults: Defaults
}

/** Any {@link Named}. */
export type AnyNamed = Named<string, string, AnyType, AnyType>

/** What rules inherit of the groups around them. */
export interface Inherited<
  Keys extends string = never,
  HostKeys extends string = never,
  Name extends string = '',
  Converts extends AnyType = never,
  Defaults extends AnyType = never,
  Outer extends AnyParams = never,
> {
  readonly keys: Keys
  readonly hostKeys: HostKeys
  readonly name: Name
  readonly converts: Converts
  readonly defaults: Defaults
  /** The parameters from where the router is mounted, which are none of its URLs. */
  readonly outer: Outer
}

/** Any {@link Inherited}. */
export type AnyInherited = Inherited<string, string, string, AnyType, AnyType, AnyParams>

/** What the rules of a group inherit. */
export type InGroup<
  In extends AnyInherited,
  Prefix extends string | undefined,
  Host extends string | undefined,
  Name extends string | undefined,
  Convert,
  Defaults,
> = Inherited<
  In['keys'] | KeysOf<TextOf<Prefix>>,
  HostKeysIn<In, Host>,
  `${In['name']}${TextOf<Name>}`,
  ConvertsIn<In, Convert>,
  DefaultsIn<In, Defaults>,
  In['outer']
>

/** The parameters of a rule with those of the groups around it. */
export type KeysIn<In extends AnyInherited, Pattern extends string, Host extends string | undefined> =
  | In['keys']
  | KeysOf<Pattern>
  | HostKeysIn<In, Host>

/** The converters of a rule, and those of the groups around it for other parameters. */
export type ConvertsIn<In extends AnyInherited, Convert> = Over<ConvertedTypes<Convert>, In['converts']>

/** The defaults of a rule, and those of the groups around it for other parameters. */
export type DefaultsIn<In extends AnyInherited, Defaults> = Over<ValueTypes<Defaults>, In['defaults']>

/** Names, and that of one more rule where it has one. */
export type With<
  Names extends AnyNamed,
  In extends AnyInherited,
  Name extends string | undefined,
  Pattern extends string,
  Host extends string | undefined,
  Convert,
  Defaults,
> = [Name] extends [undefined]
  ? Names
  : Names | NamedAs<`${In['name']}${TextOf<Name>}`, InGroup<In, Pattern, Host, '', Convert, Defaults>>

/** Names, and those of a router that is mounted. */
export type WithMounted<Names extends AnyNamed, In extends AnyInherited, Inner extends AnyNamed> =
  | Names
  | Below<In, Inner>

/** What `url` takes as a name: any text where no names are known. */
export type NameFrom<Names extends AnyNamed> = [Names] extends [never] ? string : Names['name']

/** What `url` takes after a name: the parameters may be left out where none is needed. */
export type UrlArguments<Names extends AnyNamed, Name, Append> = ArgumentsFor<
  ParamsNamed<Names, Name, Append>,
  Append
>

// Inferred, because the compiler keeps what is written as the argument of an interface for later where it is an alias.
type NamedAs<Name extends string, In extends AnyInherited> = [
  In['keys'] | In['hostKeys'],
  In['converts'],
  In['defaults'],
] extends [infer Keys extends string, infer Converts extends AnyType, infer Defaults extends AnyType]
  ? Named<Name, Keys, Converts, Defaults>
  : never

type Below<In extends AnyInherited, Inner extends AnyNamed> = Inner extends unknown
  ? NamedAs<
      `${In['name']}${Inner['name']}`,
      Inherited<
        In['keys'] | Inner['keys'],
        In['hostKeys'],
        '',
        Over<Inner['converts'], In['converts']>,
        Over<Inner['defaults'], In['defaults']>
      >
    >
  : never

type HostKeysIn<In extends AnyInherited, Host extends string | undefined> = [Host] extends [undefined]
  ? In['hostKeys']
  : HostKeysOf<TextOf<Host>>

/** What an option says that may be `undefined`: nothing where it is, any text where only the running program knows. */
type TextOf<Text extends string | undefined> = [Text] extends [undefined]
  ? ''
  : undefined extends Text
    ? string
    : Text & string

/** The colons of an IPv6 address begin no parameter. */
type HostKeysOf<Host extends string> = Host extends `[${string}` ? never : KeysOf<Host>

// The first condition is for the compiler, which asks what holds for any name before it knows which one it is.
type ParamsNamed<Names extends AnyNamed, Name, Append> = Name extends string
  ? string extends Name
    ? AnyParams
    : ByName<Names> extends { readonly [Key in Name]: infer Rules extends AnyNamed }
      ? UrlParams<Rules, Append>
      : never
  : never

/** Made once for all calls of a router; to filter the union takes ten steps for each rule and call. */
type ByName<Names extends AnyNamed> = { readonly [Rule in Names as Rule['name']]: Rule }

type UrlParams<Rules extends AnyNamed, Append> = Rules extends unknown
  ? Closed<UrlParamsOfKeys<Rules['keys'], Rules['converts'], Rules['defaults']>, Append>
  : never

type Closed<Params, Append> = Append extends true
  ? Params & AnyParams
  : [keyof Params] extends [never]
    ? Readonly<Record<string, never>>
    : Params

/** Several rules of one name make a union of their parameters; a name that is not known literally makes none. */
type ArgumentsFor<Params, Append> = [Params] extends [never]
  ? [params?: AnyParams, options?: UrlOptions]
  : Record<never, never> extends Params
    ? [params?: Params, options?: UrlOptionsOf<Append>]
    : [params: Params, options?: UrlOptionsOf<Append>]

/** The options of `url`, with what `appendUnknown` may be where it was not given. */
export interface UrlOptionsOf<Append> extends UrlOptions {
  /** Whether values that are no parameters become part of the query, where they are an error otherwise. @default false */
  appendUnknown?: (Append & boolean) | undefined
}

/** The types of a router: what the methods that register rules take and return. */
import type { Application, ApplicationWith, Middleware } from '@stapel/core'
import type { Converters } from './converter.ts'
import type { Group } from './group.ts'
import type { AnyParams, ConvertersOfKeys, Flat, ParamsOfKeys } from './params-of.ts'
import type { Router, RouterOptions, Snapshot } from './router.ts'
import type { RuleInit } from './rule.ts'
import type {
  AnyInherited,
  AnyNamed,
  ConvertsIn,
  DefaultsIn,
  InGroup,
  Inherited,
  KeysIn,
  With,
  WithMounted,
} from './typed-names.ts'

/** What rules inherit of a router itself: nothing, or the parameters from where it is mounted. */
export interface Outermost<Outer extends AnyParams = never>
  extends Inherited<never, never, '', never, never, Outer> {
  readonly outermost: true
}

/** The application of a router, which may need the parameters of where it is mounted. */
export type ApplicationBelow<Outer extends AnyParams> = [Outer] extends [never]
  ? Application
  : ApplicationWith<Outer>

/** Options of a rule. */
export interface RuleOptions<
  Name extends string | undefined = string,
  Host extends string | undefined = string,
  Convert = Converters,
  Defaults = AnyParams,
> {
  /**
   * What `url` builds the rule's URLs by, behind the names of the groups around it. Rules that differ in their parameters or defaults may share
   * one. @default none
   */
  readonly name?: Name | undefined
  /** The pattern of the hosts it answers on, with labels in place of segments: `:tenant.example.org`. @default that of the group, or every host */
  readonly host?: Host | undefined
  /** Converters by parameter, of the path or the host: a value that one refuses makes the rule not match. @default none */
  readonly convert?: Convert
  /** Parameters where the path and the host have none of the name; `url` may be called without them. @default none */
  readonly defaults?: Defaults
  /** Goes around the application, inside of that of groups; the first named is the outermost. @default none */
  readonly middleware?: readonly Middleware[] | undefined
  /** Whether it redirects to the other rule of its name. @default false */
  readonly alias?: boolean | undefined
  /** Whether the path with a slash too many or too few at its end redirects here. @default that of the group or the router */
  readonly redirectSlashes?: boolean | undefined
  /** Whether the path with several slashes in place of one redirects here. @default that of the group or the router */
  readonly mergeSlashes?: boolean | undefined
}

/** Options of a rule that is added for any methods. */
export interface AddOptions<
  Name extends string | undefined = string,
  Host extends string | undefined = string,
  Convert = Converters,
  Defaults = AnyParams,
> extends RuleOptions<Name, Host, Convert, Defaults> {
  /** The methods it answers, in upper case. HEAD comes with GET. @default those of the group, or every method */
  readonly methods?: Iterable<string> | undefined
}

/** Options of a mount; the name of a router is what the names of its rules begin with. */
export interface MountOptions<
  Name extends string | undefined = string,
  Host extends string | undefined = string,
  Convert = Converters,
  Defaults = AnyParams,
> extends Omit<RuleOptions<Name, Host, Convert, Defaults>, 'alias'> {}

/** Options of {@link Router.below}. */
export interface BelowOptions<Host extends string | undefined = string, Convert = Converters>
  extends RouterOptions {
  /** The pattern of the hosts it is mounted for. @default none */
  readonly host?: Host | undefined
  /** The converters of these parameters where it is mounted. @default none */
  readonly convert?: Convert
}

/** What the rules of a group have in common. */
export interface GroupOptions<
  Prefix extends string | undefined = string,
  Name extends string | undefined = string,
  Host extends string | undefined = string,
  Convert = Converters,
  Defaults = AnyParams,
> {
  /** A path that the patterns of the group begin with. @default none */
  readonly prefix?: Prefix | undefined
  /** What the names of the group begin with, as in `'blog.'`. @default none */
  readonly name?: Name | undefined
  /** The pattern of the hosts that the group answers on; one inside replaces it. @default that of the group around it */
  readonly host?: Host | undefined
  /** Converters of the parameters that have these names. @default none */
  readonly convert?: Convert
  /** Parameters where a rule has none of the name. @default none */
  readonly defaults?: Defaults
  /** Goes around each application, outside of the rule's own; the first named is the outermost. @default none */
  readonly middleware?: readonly Middleware[] | undefined
  /** The methods of rules that name none. @default every method */
  readonly methods?: Iterable<string> | undefined
  /** As the option of a rule. @default that of the group or the router around it */
  readonly redirectSlashes?: boolean | undefined
  /** As the option of a rule. @default that of the group or the router around it */
  readonly mergeSlashes?: boolean | undefined
}

/** Adds a rule for one method; {@link Group.add} says what the arguments are. */
export type Register<Names extends AnyNamed, In extends AnyInherited> = <
  const Pattern extends string,
  const Convert extends ConvertersOfKeys<KeysIn<In, Pattern, Host>> = never,
  const Defaults extends AnyParams = never,
  const Name extends string | undefined = never,
  const Host extends string | undefined = never,
>(
  pattern: Pattern,
  app: ApplicationWith<NoInfer<HandlerParams<In, Pattern, Host, Convert, Defaults>>>,
  options?: RuleOptions<Name, Host, Convert, Defaults>,
) => Grown<In, With<Names, In, Name, Pattern, Host, Convert, Defaults>>

/** Adds a rule for any methods, or a list of rules; see {@link Group.add}. */
export interface Add<Names extends AnyNamed, In extends AnyInherited> {
  <
    const Pattern extends string,
    const Convert extends ConvertersOfKeys<KeysIn<In, Pattern, Host>> = never,
    const Defaults extends AnyParams = never,
    const Name extends string | undefined = never,
    const Host extends string | undefined = never,
  >(
    pattern: Pattern,
    app: ApplicationWith<NoInfer<HandlerParams<In, Pattern, Host, Convert, Defaults>>>,
    options?: AddOptions<Name, Host, Convert, Defaults>,
  ): Grown<In, With<Names, In, Name, Pattern, Host, Convert, Defaults>>
  <const Rules extends Iterable<RuleInit>>(
    rules: Rules & RulesFor<In, Rules>,
  ): Grown<In, Names | NamedOfRules<In, Rules>>
}

/** The rules of a router that is made to be below a prefix need its parameters where they are added, too. */
type RulesFor<In extends AnyInherited, Rules> = Rules extends { readonly app: ApplicationWith<never> }
  ? { readonly app: ApplicationWith<HandlerParams<In, '', never, never, never>> }
  : unknown

/** Adds a rule that never matches; see {@link Group.buildOnly}. */
export type AddBuildOnly<Names extends AnyNamed, In extends AnyInherited> = <
  const Pattern extends string,
  const Name extends string,
  const Convert extends ConvertersOfKeys<KeysIn<In, Pattern, Host>> = never,
  const Defaults extends AnyParams = never,
  const Host extends string | undefined = never,
>(
  pattern: Pattern,
  options: RuleOptions<Name, Host, Convert, Defaults> & { readonly name: Name },
) => Grown<In, With<Names, In, Name, Pattern, Host, Convert, Defaults>>

/** Mounts an application or a router; see {@link Group.mount}. */
export type Mount<Names extends AnyNamed, In extends AnyInherited> = <
  const Prefix extends string,
  Inner extends AnyNamed = never,
  const Convert extends ConvertersOfKeys<KeysIn<In, Prefix, Host>> = never,
  const Defaults extends AnyParams = never,
  const Name extends string | undefined = '',
  const Host extends string | undefined = never,
  Outer extends AnyParams = never,
>(
  prefix: Prefix,
  app:
    | ApplicationWith<NoInfer<HandlerParams<In, Prefix, Host, Convert, Defaults>>>
    | ((Router<Inner, Outer> | Snapshot<Inner, Outer>) & {
        readonly app: ApplicationWith<NoInfer<HandlerParams<In, Prefix, Host, Convert, Defaults>>>
      }),
  options?: MountOptions<Name, Host, Convert, Defaults>,
) => Grown<In, WithMounted<Names, InGroup<In, Prefix, Host, Name, Convert, Defaults>, Inner>>

/** Adds rules that have something in common; see {@link Group.group}. */
export interface AddGroup<Names extends AnyNamed, In extends AnyInherited> {
  <
    const Prefix extends string | undefined = '',
    const Convert extends Converters = never,
    const Defaults extends AnyParams = never,
    const Name extends string | undefined = '',
    const Host extends string | undefined = never,
  >(
    options: GroupOptions<Prefix, Name, Host, Convert, Defaults>,
  ): Group<never, InGroup<In, Prefix, Host, Name, Convert, Defaults>>
  <
    Filled,
    const Prefix extends string | undefined = '',
    const Convert extends Converters = never,
    const Defaults extends AnyParams = never,
    const Name extends string | undefined = '',
    const Host extends string | undefined = never,
  >(
    options: GroupOptions<Prefix, Name, Host, Convert, Defaults>,
    fill: (group: Group<never, InGroup<In, Prefix, Host, Name, Convert, Defaults>>) => Filled,
  ): Grown<In, Names | NamesOf<Filled>>
}

/** Adds rules for the hosts of a pattern; see {@link Group.host}. */
export interface AddHost<Names extends AnyNamed, In extends AnyInherited> {
  <const Host extends string>(pattern: Host): Group<never, InGroup<In, '', Host, '', never, never>>
  <const Host extends string, Filled>(
    pattern: Host,
    fill: (group: Group<never, InGroup<In, '', Host, '', never, never>>) => Filled,
  ): Grown<In, Names | NamesOf<Filled>>
}

/** A router or a group with more names. */
export type Grown<In extends AnyInherited, Names extends AnyNamed> = In extends {
  readonly outermost: true
}
  ? Router<Names, In['outer']>
  : Group<Names, In>

/** What a handler gets as `request.params`. */
export type HandlerParams<
  In extends AnyInherited,
  Pattern extends string,
  Host extends string | undefined,
  Convert,
  Defaults,
> = Within<
  In['outer'],
  ParamsOfKeys<KeysIn<In, Pattern, Host>, ConvertsIn<In, Convert>, DefaultsIn<In, Defaults>>
>

/** Parameters, and those around them of other names. */
type Within<Outer extends AnyParams, Params> = [Outer] extends [never]
  ? Params
  : Flat<Params & Omit<Outer, keyof Params>>

/** The names that a list of rules brings; nothing is known of those of a list that is not written where it is added. */
type NamedOfRules<In extends AnyInherited, Rules> = Rules extends readonly (infer Rule)[]
  ? NamedOfRule<In, Rule>
  : WithMounted<never, In, NamesOf<Rules>>

type NamedOfRule<In extends AnyInherited, Rule> = Rule extends {
  readonly pattern: infer Pattern extends string
  readonly name: infer Name extends string
}
  ? With<
      never,
      In,
      Name,
      Pattern,
      OptionOf<Rule, 'host', string>,
      OptionOf<Rule, 'convert', unknown>,
      OptionOf<Rule, 'defaults', unknown>
    >
  : never

type OptionOf<Rule, Key extends PropertyKey, Type> = Rule extends {
  readonly [K in Key]: infer Value extends Type
}
  ? Value
  : never

/** The names of a router or a group; none where rules were added in statements of their own. */
type NamesOf<Filled> = Filled extends Group<infer Names, AnyInherited> ? Names : never

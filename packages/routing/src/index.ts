// Some types are here for the compiler alone, which writes their names into the declarations of a module that exports a router.
export { BuildError } from './build-error.ts'
export type { QueryInit, QueryValue } from './build-query.ts'
export type { UrlOptions } from './build-url.ts'
export type { Converter, Converters, TextConverter } from './converter.ts'
export {
  type DateOptions,
  date,
  type FloatOptions,
  float,
  type IntOptions,
  int,
  oneOf,
  type StringOptions,
  string,
  uuid,
} from './converters.ts'
export type { TriedRule } from './explain.ts'
export type { Explanation, ExplanationJSON } from './explanation.ts'
export type { PlaceOptions, UrlRequest } from './external-url.ts'
export type { Found } from './found.ts'
export type { Group } from './group.ts'
export type { Refusal } from './matcher.ts'
export type {
  AnyParams,
  AnyType,
  ConvertedTypes,
  ConvertersOf,
  ConvertersOfKeys,
  Flat,
  KeysOf,
  Over,
  ParamsOf,
  ParamsOfKeys,
  TypeOf,
  UrlParamsOfKeys,
  ValueTypes,
} from './params-of.ts'
export { type RedirectToOptions, redirectTo } from './redirect-to.ts'
export type { Refused } from './refuse.ts'
export {
  type Match,
  type MatchedRedirect,
  type MatchOptions,
  Router,
  type RouterOptions,
  type Snapshot,
} from './router.ts'
export type { MountedRouter, Rule, RuleInit } from './rule.ts'
export type {
  AnyInherited,
  AnyNamed,
  ConvertsIn,
  DefaultsIn,
  InGroup,
  Inherited,
  KeysIn,
  Named,
  NameFrom,
  UrlArguments,
  UrlOptionsOf,
  With,
  WithMounted,
} from './typed-names.ts'
export type {
  Add,
  AddBuildOnly,
  AddGroup,
  AddHost,
  AddOptions,
  ApplicationBelow,
  BelowOptions,
  GroupOptions,
  Grown,
  HandlerParams,
  Mount,
  MountOptions,
  Outermost,
  Register,
  RuleOptions,
} from './typed-router.ts'

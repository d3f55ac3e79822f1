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
export type { PlaceOptions, UrlRequest } from './external-url.ts'
export type { Refusal } from './matcher.ts'
export type { ConvertersOf, ParamsOf } from './params-of.ts'
export {
  type AddOptions,
  type Match,
  type Register,
  Router,
  type RuleOptions,
} from './router.ts'
export type { Rule } from './rule.ts'

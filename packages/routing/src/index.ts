export type { QueryInit } from './build-url.ts'
export type { Converter, Converters } from './converter.ts'
export {
  type FloatOptions,
  float,
  type IntOptions,
  int,
  oneOf,
  type StringOptions,
  string,
  uuid,
} from './converters.ts'
export type { Refusal } from './matcher.ts'
export type { ConvertersOf, ParamsOf } from './params-of.ts'
export {
  type AddOptions,
  type Match,
  type Register,
  Router,
  type RuleOptions,
  type UrlOptions,
} from './router.ts'
export type { Rule } from './rule.ts'

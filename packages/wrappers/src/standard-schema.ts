import { isPromise } from '@stapel/core'
import { checkStatus, InvalidContent, ISSUE_LIMIT, jsonPointer } from './invalid-content.ts'
import { checkOptionNames } from './option-names.ts'

/**
 * A validator as zod, valibot, arktype and others make them, by the interface that they share (https://standardschema.dev, version 1).
 *
 * `Output` is the type of what it gives.
 */
export interface StandardSchema<Output = unknown> {
  /** What validators of all makers have in common. */
  readonly '~standard': {
    /** The version of the interface. */
    readonly version: 1
    /** The name of the maker. */
    readonly vendor: string
    /** The value as the validator gives it, which may be another one, or what is wrong. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
  }
}

/** What a validator comes to: a value, or what is wrong. */
export type SchemaResult<Output> =
  | {
      /** What the validator gives. */
      readonly value: Output
      /** Nothing is wrong. */
      readonly issues?: undefined
    }
  | {
      /** What is wrong. */
      readonly issues: readonly SchemaIssue[]
    }

/** What a validator finds wrong. */
export interface SchemaIssue {
  /** A sentence, which the client may read. */
  readonly message: string
  /** The keys on the way to what is wrong; none for the value as a whole. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** How a value that a validator refuses is answered. */
export interface ValidateOptions {
  /** 400 is usual for a query, 422 for content. @default 422 */
  status?: 400 | 422 | undefined
}

/** The validator among options; throws a TypeError for one that is none, so that nothing goes unchecked for a slip. */
export function schemaOf<Output>(options: {
  readonly schema?: StandardSchema<Output>
}): StandardSchema<Output> | undefined {
  if ('~standard' in options) throw new TypeError('Got a schema for the options; give it as { schema }.')
  if (!('schema' in options)) return undefined
  return checkSchema(options.schema)
}

/**
 * What a validator makes of a value; a promise only where it gives one. Throws {@link InvalidContent} for a value that it refuses, a
 * TypeError for what is no validator and an unknown option, a RangeError for another status.
 *
 * @example
 * ```ts
 * import { Request, Response, type StandardSchema, toRecord, validateWith } from '@stapel/wrappers'
 *
 * export const search = (query: StandardSchema<{ q: string }>) =>
 *   Request.application(async ({ args }) => {
 *     const { q } = await validateWith(query, toRecord(args), { status: 400 })
 *     return new Response(`You look for ${q}.`)
 *   })
 * ```
 */
export function validateWith<Output>(
  schema: StandardSchema<Output>,
  value: unknown,
  options: ValidateOptions = {},
): Output | Promise<Output> {
  checkOptionNames(options, optionNames, 'validateWith()')
  const status = checkStatus(options.status ?? 422)
  const result = checkSchema(schema)['~standard'].validate(value)
  return isPromise(result) ? result.then((settled) => accept(settled, status)) : accept(result, status)
}

function checkSchema<Output>(schema: StandardSchema<Output> | undefined): StandardSchema<Output> {
  if (typeof schema?.['~standard']?.validate === 'function') return schema
  throw new TypeError(
    `Got ${String(schema)} for the schema; expected a Standard Schema, as zod (from 3.24), valibot and arktype make them.`,
  )
}

const optionNames: ReadonlySet<string> = new Set<keyof ValidateOptions>(['status'])

function accept<Output>(result: SchemaResult<Output>, status: 400 | 422): Output {
  if (result.issues === undefined) return result.value
  // Only as many as are told: there may be one for each number of a long list.
  const issues = result.issues.slice(0, ISSUE_LIMIT).map(({ message, path = [] }) => ({
    pointer: jsonPointer(path.map((segment) => (typeof segment === 'object' ? segment.key : segment))),
    detail: String(message),
  }))
  throw new InvalidContent(issues, { status })
}

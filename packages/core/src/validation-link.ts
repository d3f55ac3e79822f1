import type { Application, Environ } from './protocol.ts'

/** What {@link stack} needs to know of a validation. */
export interface Validation {
  /** What is to be called in place of an application that stands inside another layer. */
  between(app: Application): Application
}

/** Under this key the log and the input that `validate()` hands on have the validation of their call. */
export const validationSymbol: unique symbol = Symbol('stapel.validation')

/** The log or the input of an environ that a validated call handed on. */
export interface Linked {
  readonly [validationSymbol]?: Validation
}

/** Whether anything was ever validated: where nothing was, a stack need not look for it in each request. */
export const validations: { made: boolean } = { made: false }

/**
 * The innermost validation that an environ went through, however it was copied: the log is handed on by every layer, and the input by one
 * that has a log of its own.
 */
export function validationOf(environ: Environ): Validation | undefined {
  const errors = environ?.['wsgi.errors'] as Linked | undefined
  const input = environ?.['wsgi.input'] as Linked | undefined
  return errors?.[validationSymbol] ?? input?.[validationSymbol]
}

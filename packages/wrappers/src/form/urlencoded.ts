/// <reference path="./busboy.d.ts" />
import { BadRequest } from '@stapel/core'
import busboy from 'busboy'
import { FormEntries } from './form-entries.ts'
import type { FormLimits } from './form-limits.ts'

/**
 * A urlencoded form as `FormData`: only `&` separates, names stay flat, always UTF-8. Rejects with {@link BadRequest} for a broken
 * percent escape, with `ContentTooLarge` above a limit.
 */
export function readUrlencoded(bytes: Uint8Array, limits: Readonly<FormLimits>): Promise<FormData> {
  const entries = new FormEntries(limits)
  return new Promise<FormData>((resolve, reject) => {
    const parser = busboy({
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      // One more than allowed: busboy cuts what is longer and says so only in a flag.
      limits: { fieldNameSize: limits.name + 1, fieldSize: limits.field + 1 },
    })
    parser
      .on('field', (name, value) => {
        try {
          entries.addField(name, value ?? '')
        } catch (error) {
          reject(error)
          parser.destroy()
        }
      })
      .on('error', (error) =>
        reject(new BadRequest('The form has a malformed percent escape.', { cause: error })),
      )
      .on('finish', () => resolve(entries.toFormData()))
      .end(bytes)
  })
}

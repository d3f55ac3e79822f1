import { isFieldValue } from './field.ts'
import { formatParameters, type Parameter, parseParameters } from './parameters.ts'
import { trimSpace } from './scan.ts'

/** A header of a value with options, as in `attachment; filename="a.txt"`. */
export interface OptionHeader {
  /** What stands before the first `;`, without the spaces around it; `''` when there is nothing. */
  readonly value: string
  /** What follows, names in lower case, in order and with repeats. An extended one keeps its `*`: see `extendedValueOf`. */
  readonly parameters: readonly Parameter[]
}

/**
 * The value and the parameters of a header (RFC 9110 section 5.6.6); `undefined` when the parameters break the grammar.
 *
 * @example
 * ```ts
 * import { parseOptions } from '@stapel/core/http'
 *
 * parseOptions('form-data; name="a;b"') // { value: 'form-data', parameters: [['name', 'a;b']] }
 * ```
 */
export function parseOptions(header: string): OptionHeader | undefined {
  const end = endOfValue(header)
  const parameters = parseParameters(header, end)
  return parameters === undefined ? undefined : { value: trimSpace(header, 0, end), parameters }
}

/** The value with its parameters, quoted where needed. Throws a RangeError for what no header can hold, and for a `;` in the value. */
export function formatOptions({ value, parameters }: OptionHeader): string {
  if (!isFieldValue(value) || value.includes(';')) {
    throw new RangeError(
      `Got ${JSON.stringify(value)} before the options; expected HTAB, 0x20-0x7E and 0x80-0xFF without ';'.`,
    )
  }
  return value + formatParameters(parameters)
}

/** The offset of the first `;`, or the end. */
export function endOfValue(header: string): number {
  const semicolon = header.indexOf(';')
  return semicolon === -1 ? header.length : semicolon
}

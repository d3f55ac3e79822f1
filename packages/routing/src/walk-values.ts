import type { Capture } from './capture.ts'
import { quoteText } from './walk-text.ts'

/** Where generated code has a value: variables, or where the search keeps it. */
export type Captured =
  | { readonly kind: 'text'; readonly start: string; readonly end: string; readonly scanned: string }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'rest'; readonly start: string }
  | { readonly kind: 'slot'; readonly slot: number }

/** The members of an object literal of what was captured. */
export function paramsCode(captures: readonly Capture[], captured: readonly Captured[]): string {
  return captures
    .map((capture, i) => `${quoteText(capture.name)}: ${valueCode(capture, captured[i] as Captured)}`)
    .join(', ')
}

/** Statements that hand a value over to the search, as that of a slot. */
export function storeCode(captured: Captured, slot: number): readonly string[] {
  switch (captured.kind) {
    case 'text':
      return [
        `search.spans[${slot * 2}] = ${captured.start}`,
        `search.spans[${slot * 2 + 1}] = ${captured.end}`,
      ]
    case 'value':
      return [`search.values[${slot}] = ${captured.name}`]
    case 'rest':
      return [`search.spans[${slot * 2}] = ${captured.start}`, `search.spans[${slot * 2 + 1}] = length`]
    case 'slot':
      return []
  }
}

function valueCode({ kind }: Capture, captured: Captured): string {
  switch (captured.kind) {
    case 'text': {
      const text = `path.slice(${captured.start}, ${captured.end})`
      return `${captured.scanned} < 0 ? decode(${text}) : ${text}`
    }
    case 'value':
      return captured.name
    case 'rest':
      return `decodeList(path, ${captured.start}, length)`
    case 'slot': {
      const { slot } = captured
      if (kind === 'value') return `search.values[${slot}]`
      const bounds = `search.spans[${slot * 2}], search.spans[${slot * 2 + 1}]`
      return kind === 'list' ? `decodeList(path, ${bounds})` : `decode(path.slice(${bounds}))`
    }
  }
}

import type { OutlineNode } from './outline.ts'

/** What a rule of a router, or another choice, says of itself: one row of the table in an outline. */
export interface OutlineRow {
  /** The methods it answers; absent when it answers every method. */
  readonly methods?: readonly string[] | undefined
  /** What sets it apart from other rows: `'mount'`, `'websocket'`; shown with the methods. */
  readonly kind?: string | undefined
  /** The path it answers for, from where the outermost table stands. */
  readonly pattern: string
  /** The host it answers on; absent when it answers on every host. */
  readonly host?: string | undefined
  /** What its URLs are built by; absent for none. */
  readonly name?: string | undefined
  /** Who answers; absent for a row that never does. */
  readonly application?: string | undefined
  /** The middleware around the application, for this row alone; outermost first. */
  readonly layers?: readonly string[] | undefined
}

/**
 * The lines of a table: nodes that have rows, and those inside them, whose patterns are indented. Columns that are empty in every row are left
 * out; what has no row stands on a line of its own, below the row that holds it.
 */
export function formatTable(nodes: readonly OutlineNode[]): string[] {
  const lines: Line[] = []
  collect(nodes, 0, lines)
  const table: Cells[] = [headings]
  for (const line of lines) if (typeof line !== 'string') table.push(line)
  const widths = headings.map((heading, column) =>
    table.slice(1).every((cells) => cells[column] === '')
      ? 0
      : Math.max(heading.length, ...table.map((cells) => (cells[column] as string).length)),
  )
  return [headings, ...lines].map((line) => (typeof line === 'string' ? line : align(line, widths)))
}

type Cells = readonly string[]
/** Cells, or text that belongs to no column. */
type Line = Cells | string

const headings: Cells = ['methods', 'pattern', 'host', 'name', 'application', 'layers']

function collect(nodes: readonly OutlineNode[], depth: number, lines: Line[]): void {
  for (const { name, row, children = [] } of nodes) {
    lines.push(row === undefined ? `${'  '.repeat(depth)}${name}` : cellsOf(row, depth))
    collect(children, depth + 1, lines)
  }
}

function cellsOf(row: OutlineRow, depth: number): Cells {
  const { methods, kind, pattern, host = '', name = '', application = '', layers = [] } = row
  const answers = [kind, methods?.join(',')].filter((part) => part !== undefined).join(' ')
  return [answers || '*', `${'  '.repeat(depth)}${pattern}`, host, name, application, layers.join(', ')]
}

function align(cells: Cells, widths: readonly number[]): string {
  return cells
    .map((cell, column) => (widths[column] === 0 ? '' : `${cell.padEnd(widths[column] as number)}  `))
    .join('')
    .trimEnd()
}

/**
 * Text for the terminal.
 *
 * The threat: what a client sends (a path, a method) and what an error says are printed. An escape sequence in them could clear the screen,
 * rewrite lines above or set the window's title; a direction override could make a line read backwards. Both are shown as escapes. What the
 * application prints itself goes to the terminal as it is.
 *
 * @module
 */

/** Paints a text; gives it back as it is where there are no colours. */
export type Paint = (text: string) => string

export interface Palette {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

/**
 * Colours for a terminal; none where the output goes elsewhere, where `NO_COLOR` is set and not empty, or on a terminal that knows none.
 * `FORCE_COLOR` goes before all of that, as in Node: `0` and `false` are no colours, anything else, also nothing, is colours.
 */
export function paletteFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Partial<Record<'NO_COLOR' | 'FORCE_COLOR' | 'TERM', string>>>,
): Palette {
  if (env.FORCE_COLOR !== undefined) return /^(?:0|false)$/.test(env.FORCE_COLOR) ? plain : colours
  return stream.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb' ? colours : plain
}

/** Control and direction characters as escapes, for text that must stay on its line. */
export function escapeControls(text: string): string {
  return text.replace(controls, escapeCharacter)
}

/** As {@link escapeControls}, but line breaks and tabs stay. */
export function escapeLines(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(controls, (character) =>
      character === '\n' || character === '\t' ? character : escapeCharacter(character),
    )
}

/** Every colour off: for files, pipes and `NO_COLOR`. */
export const plain: Palette = {
  bold: same,
  dim: same,
  red: same,
  green: same,
  yellow: same,
  cyan: same,
}

const colours: Palette = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39),
}

// C0, DEL, C1, line and paragraph separators, and the characters that change the direction of text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controls = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0)
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

function paint(on: number, off: number): Paint {
  return (text) => `\x1b[${on}m${text}\x1b[${off}m`
}

function same(text: string): string {
  return text
}

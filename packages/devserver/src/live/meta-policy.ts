import { allowScript } from './allow-script.ts'

/**
 * A `<meta>` tag, with what the script needs where it holds a policy that forbids that (CSP level 3, section 3.3); any other tag as it is. The tag is given
 * whole, from `<` to `>`.
 */
export function allowInMeta(tag: string): string {
  let isPolicy = false
  let content: { readonly start: number; readonly end: number; readonly value: string } | undefined
  for (const match of tag.slice(0, -1).matchAll(attributes)) {
    const [whole, name = '', double, single, bare] = match
    const value = double ?? single ?? bare ?? ''
    const lower = name.toLowerCase()
    if (lower === 'http-equiv') isPolicy ||= value.trim().toLowerCase() === 'content-security-policy'
    // Of an attribute that is repeated, the first counts.
    if (lower === 'content') content ??= { start: match.index, end: match.index + whole.length, value }
  }
  if (!isPolicy || content === undefined) return tag
  const policy = allowScript(withQuotes(content.value))
  return `${tag.slice(0, content.start)}content="${asValue(policy)}"${tag.slice(content.end)}`
}

/** Where a tag that begins at a place ends, after its `>`; -1 where that is still to come. */
export function endOfTag(text: string, at: number): number {
  let quote = ''
  for (let i = at; i < text.length; i++) {
    const character = text[i] as string
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '>') return i + 1
    else if (character === '"' || character === "'") quote = character
  }
  return -1
}

const attributes = /(?<=[\s"'/])([^\s"'/=<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g

/** The references that templates write for the quotes of a policy. */
function withQuotes(text: string): string {
  return text
    .replace(/&(?:#39|#x27|apos);/gi, "'")
    .replace(/&(?:#34|#x22|quot);/gi, '"')
    .replace(/&(?:#38|#x26|amp);/gi, '&')
}

function asValue(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
}

/**
 * Numbers for texts, made of four of their characters: those that tell most of the texts apart. To hash a text from end to end takes longer than to look at
 * four places of it.
 *
 * @module
 */

/** Places in a text. */
export type Offsets = readonly [number, number, number, number]

/** One by one the place whose character tells most of the texts apart, with those before it. Looked at are a sample of at most {@link SAMPLE}; all have one length. */
export function chooseOffsets(texts: readonly string[]): Offsets {
  const sample = sampleOf(texts)
  const places = differingPlaces(sample)
  const offsets: [number, number, number, number] = [0, 0, 0, 0]
  let keys: readonly number[] = sample.map(() => 0)
  for (let i = 0; i < offsets.length; i++) {
    let most = 0
    for (const place of places) {
      const distinct = new Set(extend(keys, sample, place)).size
      if (distinct <= most) continue
      most = distinct
      offsets[i] = place
      if (most === sample.length) break
    }
    keys = extend(keys, sample, offsets[i] as number)
  }
  return offsets
}

/** Names have beginnings in common, which nothing is counted for. */
function differingPlaces(texts: readonly string[]): readonly number[] {
  const [first = ''] = texts
  const places: number[] = []
  for (let place = 0; place < first.length; place++) {
    const code = first.charCodeAt(place)
    if (texts.some((text) => text.charCodeAt(place) !== code)) places.push(place)
  }
  return places
}

function extend(keys: readonly number[], texts: readonly string[], place: number): number[] {
  return texts.map((text, i) => (keys[i] as number) * FACTOR + text.charCodeAt(place))
}

/** The key of a text, below 2³¹ for any characters. */
export function keyAt(text: string, [first, second, third, fourth]: Offsets): number {
  return keyOf(
    text.charCodeAt(first),
    text.charCodeAt(second),
    text.charCodeAt(third),
    text.charCodeAt(fourth),
  )
}

/** As {@link keyAt}, of the characters that stand there. */
export function keyOf(first: number, second: number, third: number, fourth: number): number {
  return ((first * FACTOR + second) * FACTOR + third) * FACTOR + fourth
}

const FACTOR = 31

/** The least power of two that gives each of so many texts two places. */
export function roomFor(count: number): number {
  let size = 2
  while (size < count * 2) size *= 2
  return size
}

/** The most texts that are looked at to choose the characters. */
const SAMPLE = 512

/** As texts often count up, they are not taken in even steps, which would meet the same digit each time. */
function sampleOf(texts: readonly string[]): readonly string[] {
  if (texts.length <= SAMPLE) return texts
  const place = (i: number): number => Math.floor(((i * GOLDEN_RATIO) % 1) * texts.length)
  return Array.from({ length: SAMPLE }, (_, i) => texts[place(i)] as string)
}

const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2

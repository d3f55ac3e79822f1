/** The most lines of an outline that are shown. */
export const OUTLINE_LINES = 500

/** The first lines of an outline, and how many there are besides. */
export function firstLines(outline: string): string {
  const lines = outline.split('\n')
  const more = lines.length - OUTLINE_LINES
  if (more <= 0) return outline
  return `${lines.slice(0, OUTLINE_LINES).join('\n')}\n… and ${more} more; stapel routes prints all.`
}

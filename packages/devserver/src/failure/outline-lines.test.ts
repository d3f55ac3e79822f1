import { expect, test } from 'vitest'
import { firstLines, OUTLINE_LINES } from './outline-lines.ts'

test('of a long outline the first lines are shown, and how many there are besides', () => {
  const lines = Array.from({ length: OUTLINE_LINES + 3 }, (_, i) => `line ${i}`)
  const shown = firstLines(lines.join('\n')).split('\n')
  expect(shown).toHaveLength(OUTLINE_LINES + 1)
  expect(shown.at(-1)).toBe('… and 3 more; stapel routes prints all.')
  expect(firstLines(lines.slice(3).join('\n'))).toBe(lines.slice(3).join('\n'))
})

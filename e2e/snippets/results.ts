/**
 * Results that documents promise: `expression // → value`, `expression // → throws message`, and what `console.log` prints as comments below it.
 *
 * @module
 */

/** A block as a module that checks each result it promises with vitest's `expect`; `undefined` when it promises none. */
export function toChecks(code: string): string | undefined {
  const lines = code.split('\n')
  const checked: string[] = []
  let results = 0
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string
    const promised = /^\s*(.+?) \/\/ → (throws )?(.+)$/.exec(line)
    if (promised !== null) {
      const [, expression, throws, result = ''] = promised
      results++
      checked.push(
        throws === undefined
          ? `expect(await (${expression})).toEqual(${result})`
          : `expect(() => (${expression})).toThrow(${JSON.stringify(result)})`,
      )
      continue
    }
    const logged = /^console\.log\((.+)\)$/.exec(line)
    const printed: string[] = []
    while (logged !== null && /^\/\/ ?/.test(lines[i + 1] ?? '')) {
      printed.push((lines[++i] as string).replace(/^\/\/ ?/, ''))
    }
    if (logged !== null && printed.length > 0) {
      results++
      checked.push(`expect(String(${logged[1]})).toBe(${JSON.stringify(printed.join('\n'))})`)
    } else checked.push(line)
  }
  return results === 0 ? undefined : `import { expect } from 'vitest'\n${checked.join('\n')}`
}

/** What an export is, in words: `'the class Site'`, `'the string "text"'`, `'an object of class Router'`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'function') {
    return `the ${isClass(value) ? 'class' : 'function'} ${value.name || '(anonymous)'}`
  }
  if (typeof value !== 'object') return `the ${typeof value} ${JSON.stringify(value) ?? String(value)}`
  const name = value.constructor?.name
  return name === undefined || name === 'Object' ? 'an object' : `an object of class ${name}`
}

export function isClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

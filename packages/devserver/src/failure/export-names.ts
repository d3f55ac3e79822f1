import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { linesOf } from './excerpt.ts'

/** So many names are read from one module. */
const NAME_LIMIT = 200

/** The file that an import means; `undefined` where it cannot be told. */
export function resolveFrom(specifier: string, from: string): string | undefined {
  if (/^\.{0,2}\//.test(specifier)) return resolve(dirname(from), specifier)
  try {
    return createRequire(from).resolve(specifier)
  } catch {
    return undefined
  }
}

/**
 * The names that a module exports, as its source says; those of `export *` are not among them. The module is not loaded: it failed to link, and
 * loading runs it.
 */
export function exportsOf(file: string): string[] {
  const source = linesOf(file).join('\n')
  const names = new Set<string>()
  for (const [, name] of source.matchAll(declared)) names.add(name as string)
  for (const [, list] of source.matchAll(listed)) {
    for (const part of (list as string).split(',')) {
      const name = /^(?!type\s)(?:.*\sas\s+)?([\w$]+)$/.exec(part.trim())?.[1]
      if (name !== undefined) names.add(name)
    }
  }
  if (/^export\s+default\b/m.test(source)) names.add('default')
  return [...names].slice(0, NAME_LIMIT)
}

const declared =
  /^export\s+(?:async\s+)?(?:abstract\s+)?(?:function\s*\*?|class|const|let|var|enum)\s*([\w$]+)/gm
const listed = /^export\s*\{([^{}]{0,5000})\}/gm

import { existsSync } from 'node:fs'
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

/** So many files are looked through for a type. */
const FILE_LIMIT = 30

/** Whether a module of TypeScript, or the declarations beside one of JavaScript, export a type of this name; also by `export * from` a file beside it. */
export function exportsType(file: string, name: string): boolean {
  const files = new Set([declarationsOf(file)])
  for (const each of files) {
    const source = linesOf(each).join('\n')
    if (typesIn(source).includes(name)) return true
    for (const [, specifier] of source.matchAll(star)) {
      if (files.size < FILE_LIMIT) files.add(declarationsOf(resolve(dirname(each), specifier as string)))
    }
  }
  return false
}

function typesIn(source: string): string[] {
  const types = [...source.matchAll(declaredType)].map(([, type]) => type as string)
  for (const [, all, list] of source.matchAll(listedType)) {
    for (const part of (list as string).split(',')) {
      const [, marked, name] = /^(type\s)?(?:.*\s)?([\w$]+)$/.exec(part.trim()) ?? []
      if (name !== undefined && (all ?? marked) !== undefined) types.push(name)
    }
  }
  return types
}

/** The file with the types of a module, which declarations may name as it is called in the sources. */
function declarationsOf(file: string): string {
  const declarations = file.replace(/(?:\.d)?\.([cm]?)[jt]sx?$/, '.d.$1ts')
  return existsSync(declarations) ? declarations : file
}

const star = /^export\s+(?:type\s+)?\*\s*from\s*['"](\.{1,2}\/[^'"\n]{1,500})['"]/gm
const declaredType = /^export\s+(?:declare\s+)?(?:type|interface)\s+([\w$]+)/gm
const listedType = /^export\s+(type\s*)?\{([^{}]{0,5000})\}/gm
const declared =
  /^export\s+(?:async\s+)?(?:abstract\s+)?(?:function\s*\*?|class|const|let|var|enum)\s*([\w$]+)/gm
const listed = /^export\s*\{([^{}]{0,5000})\}/gm

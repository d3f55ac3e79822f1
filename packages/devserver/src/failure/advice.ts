import { readdirSync } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closest } from './closest.ts'
import { MEMORY_ADVICE } from './end-advice.ts'
import { exportsOf, exportsType, resolveFrom } from './export-names.ts'
import { installCommand } from './install-command.ts'
import { importingFile } from './locate-failure.ts'
import { isError, memberOf } from './value-text.ts'

/** So many exports of a module are listed. */
export const EXPORT_LIMIT = 20

/** What to do about an error, a sentence each; nothing where nothing is known to help. Never throws. */
export function adviceFor(error: unknown): string[] {
  try {
    if (!isError(error)) return []
    const message = memberOf(error, 'message')
    if (typeof message !== 'string') return []
    const text = message.slice(0, 4000)
    for (const advise of advisers) {
      const advice = advise(text, error)
      if (advice.length > 0) return advice
    }
    return []
  } catch {
    return []
  }
}

type Adviser = (message: string, error: Error) => string[]

const missingPackage: Adviser = (message, error) => {
  const match = /^Cannot find (?:package|module) '([^']+)'/.exec(message)
  const name = match?.[1]
  if (name === undefined || /^(?:\.|\/|file:|#|[A-Za-z]:\\)/.test(name)) return []
  const from = importingFile(error)
  const packageName = /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] as string
  return [`Install the package: ${installCommand(packageName, from && dirname(from))}`]
}

const missingFile: Adviser = (message) => {
  const match = /^Cannot find module '([^']+)'/.exec(message)
  const given = match?.[1]
  if (given === undefined) return []
  const file = given.startsWith('file:') ? fileURLToPath(given) : given
  if (!/^(?:\/|[A-Za-z]:\\)/.test(file)) return []
  const names = readdirSync(dirname(file)).filter((name) => /\.[cm]?[jt]sx?$/.test(name))
  const same = names.find((name) => name.slice(0, -extname(name).length) === stem(basename(file)))
  const meant = same ?? closest(basename(file), names)
  return meant === undefined
    ? []
    : [`There is a file ${meant} in that folder; an import names the whole file, with its extension.`]
}

const importedDirectory: Adviser = (message) => {
  const directory = /^Directory import '([^']+)'/.exec(message)?.[1]
  if (directory === undefined) return []
  const index = readdirSync(directory).find((name) => /^index\.[cm]?[jt]sx?$/.test(name))
  return [
    `An import names a file, not a directory${index === undefined ? '' : `: '…/${basename(directory)}/${index}'`}.`,
  ]
}

const importedJson: Adviser = (message, error) => {
  const code = memberOf(error, 'code')
  if (code !== 'ERR_IMPORT_ATTRIBUTE_MISSING' && code !== 'ERR_IMPORT_ASSERTION_TYPE_MISSING') return []
  const url = /^Module "([^"]+)"/.exec(message)?.[1]
  return url === undefined
    ? []
    : [`An import of JSON says so: import data from '…/${basename(url)}' with { type: 'json' }`]
}

const missingExport: Adviser = (message, error) => {
  const match = /^The requested module '([^']+)' does not provide an export named '([^']+)'/.exec(message)
  if (match === null) return []
  const [, specifier = '', name = ''] = match
  const from = importingFile(error)
  const file = from === undefined ? undefined : resolveFrom(specifier, from)
  const asType = `import { type ${name} } from '${specifier}'`
  if (file !== undefined && exportsType(file, name))
    return [`${name} is a type, which Node removes where the import says so: ${asType}`]
  const names = file === undefined ? [] : exportsOf(file)
  // tsx removes what is used as a type alone; Node goes by the word.
  const perhaps = /\.[cm]?tsx?$/.test(from ?? '')
    ? [`If ${name} is a type, the import has to say so: ${asType}`]
    : []
  if (names.length === 0) return perhaps
  const meant = closest(name, names)
  const more = names.length > EXPORT_LIMIT ? ` and ${names.length - EXPORT_LIMIT} more` : ''
  return [
    ...(meant === undefined ? perhaps : [`Did you mean ${meant}?`]),
    `${specifier} exports ${names.slice(0, EXPORT_LIMIT).join(', ')}${more}.`,
  ]
}

const commonJSExport: Adviser = (message) => {
  const match = /^Named export '([^']+)' not found\. The requested module '([^']+)'/.exec(message)
  if (match === null) return []
  return [`Import the whole module: import all from '${match[2]}'; const { ${match[1]} } = all`]
}

const moduleKinds: Adviser = (message) => {
  if (/^require is not defined/.test(message))
    return ['This file is an ECMAScript module: use import, or name it .cjs.']
  if (/^(?:exports|module) is not defined/.test(message))
    return ['This file is an ECMAScript module: use export, or name it .cjs.']
  if (/^(?:Cannot use import statement outside a module|Unexpected token 'export')/.test(message))
    return ['This file is a CommonJS module: put "type": "module" into package.json, or name it .mjs.']
  return []
}

const address: Adviser = (_message, error) => {
  if (memberOf(error, 'code') !== 'EADDRINUSE') return []
  const port = memberOf(error, 'port')
  const which = typeof port === 'number' ? `Port ${port}` : 'The port'
  return [`${which} is in use. An application need not listen itself: the command serves what it exports.`]
}

const otherKind: Adviser = (message) => {
  if (/(?:^|: )Got the function .{0,200} (?:for a body|from the fetch handler); expected/.test(message))
    return ["A factory is called where it is named with (), as in: stapel 'app.ts:create()'"]
  if (/\.(?:end|setHeader|writeHead) is not a function$/.test(message))
    return [
      'An application gets (environ, startResponse). Is this a handler (req, res) of node:http? Then: --as node',
    ]
  return []
}

const memory: Adviser = (message) =>
  /^(?:Invalid (?:array|string) length|Array buffer allocation failed)/.test(message) ? [MEMORY_ADVICE] : []

const advisers: readonly Adviser[] = [
  missingPackage,
  missingFile,
  importedDirectory,
  importedJson,
  missingExport,
  commonJSExport,
  moduleKinds,
  address,
  otherKind,
  memory,
]

function stem(name: string): string {
  const extension = extname(name)
  return extension === '' ? name : name.slice(0, -extension.length)
}

/**
 * Problem details, an error as JSON for programs (RFC 9457).
 *
 * The threat: members that come from data take the place of `status` or `type`, or reach the prototype of an object that a careless
 * client merges them into. The names of extensions are checked and their values copied when an error is made. What the values say is
 * not checked: everything in a problem is shown to the client.
 *
 * @module
 */
import { describe } from './body.ts'
import { reasonPhrases } from './http/status.ts'

/** What an error says about its kind, beside the status and the description that it has anyway. */
export interface ProblemMembers {
  /** A URI reference that names the kind of problem, best one that leads to a page about it. @default 'about:blank': what the status says */
  type?: string | undefined
  /** A few words for the kind of problem, the same each time it occurs. @default the reason phrase of the status */
  title?: string | undefined
  /** A URI reference for this very occurrence. */
  instance?: string | undefined
  /**
   * More members, each with a value that JSON can hold. Names are ASCII letters, digits and `_`, begin with a letter, and are none of the
   * standard ones.
   */
  extensions?: Readonly<Record<string, unknown>> | undefined
}

/** An error as JSON has it (RFC 9457 section 3.1); what is left out has its default. */
export interface ProblemDetails {
  /** Names the kind of problem; `'about:blank'` where it is absent. */
  readonly type?: string
  /** A few words for the kind of problem. */
  readonly title?: string
  /** The status code of the answer. */
  readonly status: number
  /** The description. */
  readonly detail: string
  /** Names this very occurrence. */
  readonly instance?: string
  /** What was given as `extensions`. */
  readonly [extension: string]: unknown
}

/** The media type of {@link ProblemDetails}. */
export const problemType = 'application/problem+json'

/** A frozen copy that later changes do not reach. Throws a TypeError that shows the first member that is unknown or not allowed. */
export function checkProblem(members: ProblemMembers): ProblemMembers {
  if (!isObject(members)) throw new TypeError(`Got ${describe(members)} for the problem; expected an object.`)
  for (const name of Object.keys(members)) {
    if (!memberNames.has(name)) {
      throw new TypeError(
        `Got the problem member ${JSON.stringify(name)}; there are ${[...memberNames].join(', ')}. Others go into extensions.`,
      )
    }
  }
  const { type, title, instance, extensions } = members
  checkReference('type', type)
  checkReference('instance', instance)
  if (title !== undefined && (typeof title !== 'string' || title === '')) {
    throw new TypeError(`Got ${describe(title)} for the title of a problem; expected a few words.`)
  }
  return Object.freeze({
    ...members,
    ...(extensions === undefined ? undefined : { extensions: copyExtensions(extensions) }),
  })
}

/** The members in the order of the RFC, those that have no value left out. The object has no prototype. */
export function problemDetails(
  status: number,
  detail: string,
  { type, title = reasonPhrases.get(status), instance, extensions }: ProblemMembers = {},
): ProblemDetails {
  const details: Record<string, unknown> = Object.create(null)
  if (type !== undefined) details.type = type
  if (title !== undefined) details.title = title
  details.status = status
  details.detail = detail
  if (instance !== undefined) details.instance = instance
  return Object.assign(details, extensions) as unknown as ProblemDetails
}

const memberNames: ReadonlySet<string> = new Set<keyof ProblemMembers>([
  'type',
  'title',
  'instance',
  'extensions',
])
// The standard members, and the two inherited names with which a careless merge reaches a prototype.
const reserved: ReadonlySet<string> = new Set([
  'type',
  'title',
  'status',
  'detail',
  'instance',
  'constructor',
  'prototype',
])
const extensionName = /^[A-Za-z][A-Za-z0-9_]*$/
// RFC 3986 section 4.1, as far as single characters tell.
const uriReference = /^[\w!#$%&'()*+,\-./:;=?@~[\]]+$/

function checkReference(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'string' && uriReference.test(value))) return
  const got = typeof value === 'string' ? JSON.stringify(value) : describe(value)
  throw new TypeError(
    `Got ${got} for the ${name} of a problem; expected a URI reference, percent-encoded (RFC 3986).`,
  )
}

function copyExtensions(extensions: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!isObject(extensions)) {
    throw new TypeError(`Got ${describe(extensions)} for the extensions of a problem; expected an object.`)
  }
  let copy: unknown
  try {
    copy = JSON.parse(JSON.stringify(extensions))
  } catch (cause) {
    throw new TypeError('Got extensions of a problem that JSON cannot hold; expected plain data.', { cause })
  }
  if (!isObject(copy)) throw new TypeError('Got extensions of a problem that are no object as JSON.')
  // The names of the copy, as a toJSON may have given others.
  for (const name of Object.keys(copy as object)) {
    if (!extensionName.test(name) || reserved.has(name)) {
      throw new TypeError(
        `Got the extension ${JSON.stringify(name)} of a problem; expected letters, digits and _, a letter first, and none of ${[...reserved].join(', ')} (RFC 9457 section 3.2).`,
      )
    }
  }
  return Object.freeze(Object.assign(Object.create(null), copy))
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

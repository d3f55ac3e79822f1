import type { Application, ApplicationWith } from '@stapel/core'
import { Request, Response, type StandardSchema } from './index.ts'

class UserRequest extends Request {
  get user(): string {
    return 'ada'
  }
}

/** What a router does: the pattern says what the application's params are. */
declare function route<P>(params: P, app: ApplicationWith<P>): void

export const plain: Application = Request.application((request) => {
  const id: unknown = request.params.id
  return new Response(String(id))
})

route(
  { id: 42 },
  Request.application((request) => {
    const id: number = request.params.id
    // @ts-expect-error the pattern has no such name
    request.params.name
    return new Response(String(id))
  }),
)

route(
  { id: '42' },
  UserRequest.application(async (request) => {
    const id: string = request.params.id
    const user: string = request.user
    return Response.json({ id, user })
  }),
)

export const named: ApplicationWith<{ id: string }> = Request.application(
  (request: Request<{ id: string }>) => new Response(request.params.id),
)
export const explicit: Application = Request.application<{ id: string }>(
  (request) => new globalThis.Response(request.params.id),
)
// @ts-expect-error another type of param than the pattern gives
route({ id: 42 }, named)

// @ts-expect-error a string is no answer
Request.application(() => 'Hello')
// @ts-expect-error nor is nothing
Request.application(() => {})

export async function reads(request: Request): Promise<string> {
  const { name } = await request.json<{ name: string }>()
  // @ts-expect-error what JSON holds is unknown until it is said
  ;(await request.json()).name
  // @ts-expect-error the headers of a request are read-only
  request.headers.set('a', 'b')
  return name
}

// @ts-expect-error a status line has a number and a space
new Response('', { status: 'OK' })
new Response('', { status: '404 Not Found' })

interface User {
  readonly name: string
}
declare const userSchema: StandardSchema<User>
/** As the published interface has it, which zod, valibot and arktype implement. */
declare const published: {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (
      value: unknown,
      options?: { readonly libraryOptions?: Record<string, unknown> | undefined },
    ) =>
      | { readonly value: { id: number }; readonly issues?: undefined }
      | {
          readonly issues: ReadonlyArray<{
            readonly message: string
            readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined
          }>
        }
      | Promise<{ readonly value: { id: number }; readonly issues?: undefined }>
    readonly types?: { readonly input: { id: string }; readonly output: { id: number } } | undefined
  }
}

export async function readsWithSchema(request: Request): Promise<string> {
  const user = await request.json({ schema: userSchema, limit: 1000 })
  const name: string = user.name
  const id: number = (await request.json({ schema: published })).id
  // @ts-expect-error the schema gives a number
  const text: string = (await request.json({ schema: published })).id
  // @ts-expect-error the schema gives another type
  await request.json<{ email: string }>({ schema: userSchema })
  // @ts-expect-error a schema is given by its name
  await request.json(userSchema)
  // @ts-expect-error what is undefined would check nothing
  await request.json({ schema: undefined })
  return `${name} ${id} ${text}`
}

export function closedSets(request: Request): void {
  const chosen: 'text/html' | 'application/json' | undefined = request.acceptMimetypes.bestMatch([
    'text/html',
    'application/json',
  ])
  const coding: 'br' | 'gzip' | undefined = request.acceptEncodings.bestMatch(['br', 'gzip'])
  const tag: 'de' | 'en' | undefined = request.acceptLanguages.bestMatch(['de', 'en'])
  // @ts-expect-error not among the offers
  if (chosen === 'text/plain') return
  // @ts-expect-error there is no such site
  if (request.secFetchSite === 'other-site') return
  // @ts-expect-error there is no such scheme
  if (request.scheme === 'ftp') return
  const result: 'proceed' | 'not-modified' | 'failed' = request.preconditions(undefined)
  if (request.authorization?.username !== undefined) {
    const password: string = request.authorization.password
    void password
  }
  void [coding, tag, result]
}

class OwnRequest extends Request {
  static override trustedHosts = ['example.org']
  static override bodyLimit = 10_000_000
  static override formLimits = { files: 1 }
}

route(
  { id: 42 },
  OwnRequest.application((request) => {
    const id: number = request.params.id
    return new Response(String(id))
  }),
)

// @ts-expect-error a list of hosts is expected
class WrongRequest extends Request {
  static override trustedHosts = 'example.org'
}
void WrongRequest

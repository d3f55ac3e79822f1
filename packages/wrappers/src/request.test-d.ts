import type { Application, ApplicationWith } from '@stapel/core'
import { Request, Response } from './index.ts'

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

import { Router } from '@stapel/routing'
import { Request, Response } from '@stapel/wrappers'

export const { app } = new Router().get(
  '/',
  Request.application(() => new Response('Hello, World!', { mimetype: 'text/plain' })),
)

import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { fetchHandler } from '../gateway/fetch-handler.ts'
import type { Application } from '../protocol.ts'
import { stack } from '../stack.ts'
import { type FetchSource, fromFetch } from './from-fetch.ts'

describe('fromFetch', () => {
  test('takes any object with fetch, and calls it as its method', async () => {
    class Worker {
      greeting = 'Hello'
      fetch(): Response {
        return new Response(this.greeting)
      }
    }
    expect((await new Client(fromFetch(new Worker())).get('/')).text()).toBe('Hello')
    expect(fromFetch(new Worker()).name).toBe('Worker')
  })

  test('takes a function that has fetch, as an application of its own', async () => {
    const app = Object.assign(() => 'not called', { fetch: () => new Response('called') })
    expect((await new Client(fromFetch(app as unknown as FetchSource)).get('/')).text()).toBe('called')
  })

  test('an error of the handler is that of the application', async () => {
    const app = fromFetch(() => {
      throw new Error('failed')
    })
    await expect(new Client(app).get('/')).rejects.toThrow('failed')
  })

  test.each([undefined, null, {}, 'x'])('%s throws when it is given', (value) => {
    expect(() => fromFetch(value as never)).toThrow(TypeError)
  })

  test('an option that is no function throws when it is given', () => {
    expect(() => fromFetch(() => new Response(), { arguments: [] as never })).toThrow(TypeError)
  })
})

describe('mounted, the handler gets', () => {
  const whereAmI = ({ url }: Request): Response => new Response(new URL(url).pathname)
  const at = (app: Application): Application =>
    stack(app, function mount(inner) {
      return (environ, startResponse) => {
        const PATH_INFO = environ.PATH_INFO.slice('/new'.length)
        return inner({ ...environ, SCRIPT_NAME: `${environ.SCRIPT_NAME}/new`, PATH_INFO }, startResponse)
      }
    })

  test('the whole path', async () => {
    const client = new Client(at(fromFetch(whereAmI)))
    expect((await client.get('/new/users')).text()).toBe('/new/users')
    expect((await client.get('/new')).text()).toBe('/new')
  })

  test('with `scriptName: false` the path below the mount, and / for the mount itself', async () => {
    const client = new Client(at(fromFetch(whereAmI, { scriptName: false })))
    expect((await client.get('/new/users?page=2')).text()).toBe('/users')
    expect((await client.get('/new')).text()).toBe('/')
    expect((await client.get('/new//users')).text()).toBe('//users')
  })
})

describe('what the handler gets after it', () => {
  test('is what a fetch host gave', async () => {
    const app = fromFetch((_request: Request, env: { name: string }) => new Response(env.name))
    const answer = await fetchHandler<[object]>(stack(app))(new Request('http://a/'), { name: 'binding' })
    expect(await answer.text()).toBe('binding')
  })

  test('is what the option gives', async () => {
    const app = fromFetch(
      (_request: Request, path: string, number: number) => new Response(`${path} ${number}`),
      {
        arguments: (environ) => [environ.PATH_INFO, 2],
      },
    )
    expect((await new Client(app).get('/a')).text()).toBe('/a 2')
  })
})

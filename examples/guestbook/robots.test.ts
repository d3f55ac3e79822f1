import { stack, validate } from '@stapel/core'
import { applicationShapes, Client, failingShapes } from '@stapel/testing'
import { expect, test } from 'vitest'
import { noIndex } from './robots.ts'

test.each(applicationShapes)('noIndex adds its header over $name', async ({ make }) => {
  const app = make({ status: '200 OK', headers: [['X-Own', '1']], chunks: ['a', 'b'] })
  const client = new Client(validate(stack(validate(app), noIndex('/admin'))))
  for (const path of ['/admin', '/admin/', '/admin/entries']) {
    const answer = await client.get(path)
    expect([answer.text(), answer.headers.get('x-own')]).toEqual(['ab', '1'])
    expect(answer.headers.get('x-robots-tag')).toBe('noindex')
  }
  for (const path of ['/', '/administration', '/entries/admin']) {
    expect((await client.get(path)).headers.has('x-robots-tag')).toBe(false)
  }
})

test.each(failingShapes.filter(({ given, committed }) => given && !committed))(
  'noIndex hands on that an application $name',
  async ({ make }) => {
    const client = new Client(stack(make(new Error('torn')), noIndex('/admin')))
    await expect(client.get('/admin')).rejects.toThrow('torn')
  },
)

// Needs a process of its own: the first requests pass before anything was validated.
import { createEnviron } from '@stapel/testing'
import { expect, test } from 'vitest'
import { createJoint, withoutJoint } from './joint.ts'
import type { Application, Environ } from './protocol.ts'
import { validate } from './validate.ts'

const seen: unknown[][] = []
const app: Application = function app(...given) {
  seen.push(given)
  return ''
}

test('a joint calls the application with what it got', () => {
  const environ = createEnviron('/')
  const startResponse = () => () => {}
  expect(createJoint(app)(environ, startResponse)).toBe('')
  expect(seen.at(-1)).toEqual([environ, startResponse])
  expect(seen.at(-1)?.[0]).toBe(environ)
})

test('it has the name of the application, and leads back to it', () => {
  const joint = createJoint(app)
  expect(joint.name).toBe('app')
  expect(withoutJoint(joint)).toBe(app)
  expect(withoutJoint(app)).toBe(app)
})

test('a call that comes from inside of validate() is validated', () => {
  const joint = createJoint(app)
  expect(() =>
    validate(function outer(environ, startResponse) {
      return joint(environ, startResponse)
    })(createEnviron('/'), () => () => {}),
  ).toThrow('app: Answered without calling startResponse')
})

test('what is no environ reaches the application as it is', () => {
  validate(app)
  for (const environ of [undefined, null, {}, 'text']) {
    expect(createJoint(app)(environ as unknown as Environ, () => () => {})).toBe('')
    expect(seen.at(-1)?.[0]).toBe(environ)
  }
})

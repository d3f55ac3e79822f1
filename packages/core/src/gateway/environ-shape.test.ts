import { expect, test } from 'vitest'
import { type ConnectionParts, type EnvironParts, SHAPE_LIMIT, shapeOf } from './environ-shape.ts'

const parts = { method: 'GET', pathInfo: '/' } as EnvironParts
const connection = { serverName: 'here', remoteAddress: '192.0.2.1', remotePort: '1' } as ConnectionParts

test('one sequence of names has one shape, whatever the values', () => {
  const shape = shapeOf(['Host', 'a', 'X-One', '1'], true)
  expect(shapeOf(['Host', 'b', 'X-One', '2'], true)).toBe(shape)
  expect(shapeOf(['X-One', '1', 'Host', 'a'], true)).not.toBe(shape)
  expect(shapeOf(['Host', 'a', 'X-One', '1'], false)).not.toBe(shape)
})

test('a name that looks like code is only a key', () => {
  const name = "x'+`$"
  const environ = shapeOf([name, 'value'], true).make([name, 'value'], parts, connection)
  expect(environ[`HTTP_${name.toUpperCase()}`]).toBe('value')
})

test('sequences beyond the limit give the same environ without being compiled', () => {
  const raw = [
    'Host',
    'a',
    'Cookie',
    'a=1',
    'Accept',
    'x',
    'Cookie',
    'b=2',
    'Content-Length',
    '3',
    'X_Y',
    'z',
  ]
  const compiled = shapeOf(raw, true).make(raw, parts, connection)
  for (let i = 0; i <= SHAPE_LIMIT; i++) shapeOf([`X-${i}`, ''], true)
  const late = ['Late', '', ...raw]
  const assigned = shapeOf(late, true)
  expect(shapeOf(late, true)).not.toBe(assigned)
  expect(assigned.make(late, parts, connection)).toEqual({ HTTP_LATE: '', ...compiled })
  expect(assigned).toMatchObject({ host: 3, hasBody: true, refused: undefined })
})

import type { Socket } from 'node:net'
import type { ConnectionMark } from '@stapel/core/node'

/** Where a client's connection is marked when what follows on it is the rest of a body that was given up. */
export function markOf(socket: Socket): ConnectionMark {
  let mark = marks.get(socket)
  if (mark === undefined) {
    mark = { closing: false }
    marks.set(socket, mark)
  }
  return mark
}

const marks = new WeakMap<Socket, ConnectionMark>()

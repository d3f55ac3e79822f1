/** Answers a plain text; what every drill's application does where it is not trying to break. */
export function plain(startResponse, text = 'ok') {
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']])
  return text
}

/** Answers by path; an unknown path is answered plainly. */
export function byPath(routes) {
  return (environ, startResponse) =>
    (routes[environ.PATH_INFO] ?? ((_environ, start) => plain(start)))(environ, startResponse)
}

/** A body of `total` bytes in chunks of 64 KiB, which counts in `state` how many were opened, pulled and closed. */
export function generated(state, total, fill = 120) {
  const chunk = new Uint8Array(65_536).fill(fill)
  state.opened = (state.opened ?? 0) + 1
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (let left = total; left > 0; left -= chunk.length) {
          state.pulled = (state.pulled ?? 0) + Math.min(left, chunk.length)
          yield left >= chunk.length ? chunk : chunk.subarray(0, left)
        }
      } finally {
        state.returned = (state.returned ?? 0) + 1
      }
    },
    close() {
      state.closed = (state.closed ?? 0) + 1
    },
  }
}

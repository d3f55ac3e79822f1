/** Frames of a film that can be decoded by themselves (key frames of VP8). */
export interface Film {
  readonly width: number
  readonly height: number
  /** For how long each frame is shown, in milliseconds. */
  readonly frameMs: number
  readonly frames: readonly Uint8Array[]
}

/** A WebM file (RFC 8794, RFC 9559) that can be seeked: its cues come before its clusters, of which each frame has one. */
export function muxWebm({ width, height, frameMs, frames }: Film): Buffer {
  const header = element('1A45DFA3', [
    element('4286', uint(1)),
    element('42F7', uint(1)),
    element('42F2', uint(4)),
    element('42F3', uint(8)),
    element('4282', Buffer.from('webm')),
    element('4287', uint(2)),
    element('4285', uint(2)),
  ])
  const info = element('1549A966', [
    element('2AD7B1', uint(1_000_000)),
    element('4489', float(frames.length * frameMs)),
    element('4D80', Buffer.from('test')),
    element('5741', Buffer.from('test')),
  ])
  const video = element('E0', [element('B0', uint(width)), element('BA', uint(height))])
  const track = [
    element('D7', uint(1)),
    element('73C5', uint(1)),
    element('9C', uint(0)),
    element('83', uint(1)),
    element('86', Buffer.from('V_VP8')),
    element('23E383', uint(frameMs * 1_000_000)),
    video,
  ]
  const tracks = element('1654AE6B', [element('AE', track)])
  const clusters = frames.map((frame, index) =>
    element('1F43B675', [
      element('E7', uint(index * frameMs)),
      // Track 1, no time of its own within the cluster, a key frame.
      element('A3', [Buffer.from([0x81, 0, 0, 0x80]), Buffer.from(frame)]),
    ]),
  )
  // All numbers take eight bytes, so that cues are as long whatever they say.
  const before = info.length + tracks.length + cuesAt(0).length
  return Buffer.concat([header, element('18538067', [info, tracks, cuesAt(before), ...clusters])])

  function cuesAt(start: number): Buffer {
    let position = start
    const points = clusters.map((cluster, index) => {
      const at = element('B7', [element('F7', uint(1)), element('F1', uint(position))])
      position += cluster.length
      return element('BB', [element('B3', uint(index * frameMs)), at])
    })
    return element('1C53BB6B', points)
  }
}

/** An identifier, a length in eight bytes, and the data. */
function element(id: string, data: Buffer | readonly Buffer[]): Buffer {
  const content = Buffer.isBuffer(data) ? data : Buffer.concat(data)
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(content.length) | (1n << 56n))
  return Buffer.concat([Buffer.from(id, 'hex'), length, content])
}

function uint(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes
}

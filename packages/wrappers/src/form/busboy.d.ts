/** What is used of busboy 1.6, which ships no types. */
declare module 'busboy' {
  import type { Readable, Writable } from 'node:stream'

  interface FieldInfo {
    readonly valueTruncated: boolean
    readonly nameTruncated: boolean
  }

  interface FileInfo {
    readonly mimeType: string
  }

  interface Parser extends Writable {
    on(event: 'field', listener: (name: string, value: string | undefined, info: FieldInfo) => void): this
    on(event: 'file', listener: (name: string, stream: Readable, info: FileInfo) => void): this
    on(event: 'drain' | 'finish' | 'close', listener: () => void): this
    on(event: 'error', listener: (error: Error) => void): this
  }

  interface Config {
    headers: { 'content-type': string }
    highWaterMark?: number
    limits?: { fieldNameSize?: number; fieldSize?: number }
    preservePath?: boolean
  }

  // biome-ignore lint/style/noDefaultExport: it is busboy's.
  export default function busboy(config: Config): Parser
}

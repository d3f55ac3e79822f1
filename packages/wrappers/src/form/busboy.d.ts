/** What is used of busboy 1.6, which ships no types. */
declare module 'busboy' {
  import type { Writable } from 'node:stream'

  interface Parser extends Writable {
    on(event: 'field', listener: (name: string, value: string | undefined) => void): this
    on(event: 'finish', listener: () => void): this
    on(event: 'error', listener: (error: Error) => void): this
  }

  interface Config {
    headers: { 'content-type': string }
    limits?: { fieldNameSize?: number; fieldSize?: number }
  }

  // biome-ignore lint/style/noDefaultExport: it is busboy's.
  export default function busboy(config: Config): Parser
}

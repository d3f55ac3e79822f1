import { closeSync, ftruncateSync, openSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** What is asked for, and the ratio to nginx that we mean to reach. */
export const sizes = {
  '1k': { file: '1k.txt', bytes: 1024, aim: 0.85 },
  '100k': { file: '100k.txt', bytes: 102_400, aim: 1.2 },
  '10M': { file: '10m.bin', bytes: 10_485_760, aim: 1.3 },
}

export function writeFiles(directory) {
  for (const { file, bytes } of Object.values(sizes)) write(join(directory, file), contentOf(bytes))
}

/** Files of this size that have nothing but zeros behind their first bytes, and so take next to no room on the disk. */
export function writeManyFiles(directory, count, bytes) {
  for (let i = 0; i < count; i++) {
    const descriptor = openSync(join(directory, `${i}.txt`), 'w')
    writeSync(descriptor, String(i))
    ftruncateSync(descriptor, bytes)
    closeSync(descriptor)
    rest(join(directory, `${i}.txt`))
  }
}

/** Throws where a server does not answer with the file. */
export async function check(url, size) {
  const answer = await fetch(url)
  const bytes = Buffer.from(await answer.arrayBuffer())
  if (answer.status !== 200 || !bytes.equals(contentOf(sizes[size].bytes)))
    throw new Error(`${url} answers wrongly: ${answer.status}, ${bytes.length} bytes`)
}

function contentOf(bytes) {
  return Buffer.from('The quick brown fox jumps over the lazy dog.\n'.repeat(Math.ceil(bytes / 45))).subarray(
    0,
    bytes,
  )
}

function write(path, content) {
  writeFileSync(path, content)
  rest(path)
}

function rest(path) {
  const modified = new Date('2024-01-01T00:00:00Z')
  utimesSync(path, modified, modified)
}

import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { basename } from 'node:path'

/** A process that listens on a port. */
export interface PortHolder {
  readonly pid: number
  /** Its command line, cut after {@link COMMAND_LIMIT} characters. */
  readonly command: string
}

/** So many characters of a command line are told. */
export const COMMAND_LIMIT = 60
/** So many bytes of the table of connections are read: 256 KiB; those that listen come first. */
const TABLE_LIMIT = 262_144
/** So many processes are looked at, and so many files of each. */
const PROCESS_LIMIT = 4_096
const FILE_LIMIT = 1_024

/** Which process listens on a TCP port, as far as Linux tells this user; `undefined` where it is not told, and on other systems. Never throws. */
export function portHolder(port: number): PortHolder | undefined {
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningSockets(table, port)),
  )
  if (sockets.size === 0) return undefined
  const processes = entriesOf('/proc').filter((name) => /^\d+$/.test(name))
  const pid = processes.slice(0, PROCESS_LIMIT).find((name) => hasOneOf(name, sockets))
  if (pid === undefined) return undefined
  const [program = '', ...args] = startOf(`/proc/${pid}/cmdline`, 4 * COMMAND_LIMIT).split('\0')
  const command = [basename(program), ...args].join(' ').trim()
  return {
    pid: Number(pid),
    command: command.length > COMMAND_LIMIT ? `${command.slice(0, COMMAND_LIMIT)}…` : command,
  }
}

/** What the links of a process to its sockets say: `'socket:[12345]'`. */
function listeningSockets(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return startOf(table, TABLE_LIMIT)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, address, , state]) => address?.endsWith(suffix) === true && state === LISTENING)
    .map((fields) => `socket:[${fields[9]}]`)
}

const LISTENING = '0A'

function hasOneOf(pid: string, sockets: ReadonlySet<string>): boolean {
  const directory = `/proc/${pid}/fd`
  return entriesOf(directory)
    .slice(0, FILE_LIMIT)
    .some((name) => {
      try {
        return sockets.has(readlinkSync(`${directory}/${name}`))
      } catch {
        return false
      }
    })
}

/** Those of a directory that this user may look into. */
function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function startOf(path: string, limit: number): string {
  const buffer = Buffer.alloc(limit)
  let length = 0
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    // The system gives such files in pieces.
    for (let read = 1; read > 0 && length < limit; length += read) {
      read = readSync(file, buffer, length, limit - length, null)
    }
  } catch {
    // Not there, or not for this user.
  } finally {
    if (file !== undefined) closeSync(file)
  }
  return buffer.toString('utf8', 0, length)
}

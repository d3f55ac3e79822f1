import { type HostPattern, parseHost, parseHostPattern } from '@stapel/core/http'
import { type Mount, Prefixes } from './dispatch-prefixes.ts'

/**
 * Mounts by the host of a request. A name goes before the domains it lies in, a domain before those around it, a port that is named before any
 * port; where nothing of one host has the path, the next is asked.
 */
export class Hosts {
  readonly #names = new Map<string, Ports>()
  /** `.example.org` as `example.org` itself, so that a mount of the very name goes before it. */
  readonly #domains = new Map<string, Ports>()
  readonly #below = new Map<string, Ports>()

  /** Whether nothing was mounted there yet. */
  add({ name, port, subdomains }: HostPattern, mount: Mount): boolean {
    if (subdomains === 'none') return addTo(this.#names, name, port, mount)
    const isNew = addTo(this.#below, name, port, mount)
    return subdomains === 'only' ? isNew : isNew && addTo(this.#domains, name, port, mount)
  }

  /** The mount for a host as it was sent, and a path; `undefined` also for a host that is none. */
  find(host: string, scheme: 'http' | 'https', path: string): Mount | undefined {
    // Only a pattern of one host is one: it has the name in the spelling that is compared.
    if (host.length > HOST_LIMIT || parseHost(host) === undefined) return undefined
    const pattern = parseHostPattern(host)
    if (pattern === undefined || pattern.subdomains !== 'none') return undefined
    const { name } = pattern
    const port = pattern.port ?? (scheme === 'https' ? 443 : 80)
    let found = findIn(this.#names.get(name), port, path) ?? findIn(this.#domains.get(name), port, path)
    if (this.#below.size === 0) return found
    for (let dot = name.indexOf('.'); found === undefined && dot !== -1; dot = name.indexOf('.', dot + 1)) {
      found = findIn(this.#below.get(name.slice(dot + 1)), port, path)
    }
    return found
  }
}

/** The longest name in DNS with the dot of the root, a colon and five digits. */
const HOST_LIMIT = 260

/** What is mounted on one name; `undefined` is any port. */
type Ports = Map<number | undefined, Prefixes>

function addTo(names: Map<string, Ports>, name: string, port: number | undefined, mount: Mount): boolean {
  const ports: Ports = names.get(name) ?? new Map()
  names.set(name, ports)
  const prefixes = ports.get(port) ?? new Prefixes()
  ports.set(port, prefixes)
  return prefixes.add(mount)
}

function findIn(ports: Ports | undefined, port: number, path: string): Mount | undefined {
  return ports?.get(port)?.find(path) ?? ports?.get(undefined)?.find(path)
}

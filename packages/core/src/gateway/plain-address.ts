/** A server that listens on `::` gives IPv4 peers as `::ffff:192.0.2.1`; allow lists are written with `192.0.2.1`. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

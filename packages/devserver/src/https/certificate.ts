/**
 * A certificate for this machine, so that what needs HTTPS (HTTP/2, secure cookies, service workers of other names) can be tried on it.
 *
 * The threat: whoever has the key can pose as `localhost` to a browser that was told to trust the certificate. The key never leaves a file that
 * only its user may read; one that others may read, or that belongs to somebody else, is not used but made anew. The certificate is
 * for this machine's own names, cannot sign others, and ends after a year. What is not stopped: programs of the same user.
 *
 * @module
 */
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A key and its certificate, as PEM. */
export interface KeyPair {
  readonly key: string
  readonly cert: string
}

/** Is told that a certificate was made, and which file it is kept in. */
export type CertificateMade = (path: string | undefined) => void

/** So many days a certificate is good for. */
export const LIFETIME_DAYS = 365
/** So many days before its end it is replaced. */
export const RENEWAL_DAYS = 30

/**
 * The self-signed certificate of this user for `localhost`, `127.0.0.1` and `::1`, with a key on P-256; made when there is none that is good for
 * {@link RENEWAL_DAYS}, which `made` is told: with its file, or with nothing where the folder cannot be written and it is good for this run only.
 */
export async function localCertificate(
  folder: string = cacheFolder(),
  now: Date = new Date(),
  made: CertificateMade = () => {},
): Promise<KeyPair> {
  const path = join(folder, 'localhost.pem')
  const kept = await readPair(path, now)
  if (kept !== undefined) return kept
  const pair = await makePair(now)
  made(
    await keep(folder, path, `${pair.key}\n${pair.cert}`).then(
      () => path,
      () => undefined,
    ),
  )
  return pair
}

/** Where programs of this user keep what they can make again. */
export function cacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment
  if (platform === 'win32') return join(local || join(home, 'AppData', 'Local'), 'stapel')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'stapel')
  // The XDG base directory specification has relative paths ignored.
  return join(xdg?.startsWith('/') ? xdg : join(home, '.cache'), 'stapel')
}

async function readPair(path: string, now: Date): Promise<KeyPair | undefined> {
  try {
    const stats = await lstat(path)
    const own = process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o077) === 0)
    if (!stats.isFile() || !own || stats.size > 65_536) return undefined
    const text = await readFile(path, 'utf8')
    const certificate = new X509Certificate(text)
    const left = Date.parse(certificate.validTo) - now.getTime()
    if (left < RENEWAL_DAYS * DAY || Date.parse(certificate.validFrom) > now.getTime()) return undefined
    if (!certificate.checkPrivateKey(createPrivateKey(text))) return undefined
    return { key: text.slice(0, text.indexOf(CERTIFICATE)), cert: text.slice(text.indexOf(CERTIFICATE)) }
  } catch {
    return undefined
  }
}

async function makePair(now: Date): Promise<KeyPair> {
  const { generate } = await import('selfsigned')
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A clock that is a little slow elsewhere does not matter.
    notBeforeDate: new Date(now.getTime() - DAY),
    notAfterDate: new Date(now.getTime() + LIFETIME_DAYS * DAY),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { key, cert }
}

/** Another process may do the same at this moment: what is read is either whole pair. */
async function keep(folder: string, path: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const own = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(own, text, { mode: 0o600, flag: 'wx' })
    await rename(own, path)
  } catch (error) {
    await rm(own, { force: true })
    throw error
  }
}

const DAY = 86_400_000
const CERTIFICATE = '-----BEGIN CERTIFICATE-----'

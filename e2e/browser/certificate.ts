import { execFile } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from '../hosts/programs.ts'

/** A certificate that nobody has signed. */
export interface Certificate {
  readonly key: string
  readonly cert: string
  /** The hash of its key, by which Chromium can be told to take it. */
  readonly keyHash: string
}

/** Where openssl is, which makes certificates. */
export const openssl: string | undefined = await findProgram('openssl')

/** Makes one for `localhost`, good for a day. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'stapel-certificate-'))
  try {
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile]
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const args = ['req', '-x509', ...kind, '-out', certFile, '-days', '1', ...names]
    await promisify(execFile)(openssl as string, args)
    const cert = await readFile(certFile, 'utf8')
    const publicKey = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
    const keyHash = createHash('sha256').update(publicKey).digest('base64')
    return { key: await readFile(keyFile, 'utf8'), cert, keyHash }
  } finally {
    await rm(folder, { recursive: true })
  }
}

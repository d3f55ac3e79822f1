import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { CommandError } from '../command/command-error.ts'
import type { TlsFiles } from '../command/tls-files.ts'
import { type CertificateMade, type KeyPair, localCertificate } from './certificate.ts'

/**
 * What HTTPS is served with: the pair of the files, or else the certificate of this machine; `made` is told where that is a new one.
 *
 * Rejects with a {@link CommandError} for files that cannot be read, and for those that are no pair.
 */
export async function readKeyPair(files: TlsFiles | undefined, made?: CertificateMade): Promise<KeyPair> {
  if (files === undefined) return await localCertificate(undefined, undefined, made)
  try {
    const [cert, key] = await Promise.all([readFile(files.cert, 'utf8'), readFile(files.key, 'utf8')])
    createSecureContext({ cert, key })
    return { cert, key }
  } catch (cause) {
    throw new CommandError(
      `HTTPS cannot be served with ${files.cert} and ${files.key}: ${(cause as Error).message}; expected a certificate and its key, as PEM.`,
      1,
      { cause },
    )
  }
}

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cacheFolder, LIFETIME_DAYS, localCertificate, RENEWAL_DAYS } from './certificate.ts'

function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stapel-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const now = new Date('2026-03-01T12:00:00Z')
const inDays = (days: number): Date => new Date(now.getTime() + days * 86_400_000)

describe('the certificate of this machine', () => {
  test('is for the names and addresses that lead to it, and signs nothing else', async () => {
    const { key, cert } = await localCertificate(folderForTest(), now)
    const certificate = new X509Certificate(cert)
    expect(certificate.checkHost('localhost')).toBeDefined()
    for (const address of ['127.0.0.1', '::1']) expect(certificate.checkIP(address)).toBeDefined()
    expect(certificate.checkHost('example.org')).toBeUndefined()
    expect(certificate.ca).toBe(false)
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(createPrivateKey(key).asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
    expect(new Date(certificate.validTo)).toEqual(inDays(LIFETIME_DAYS))
  })

  test('is kept, in a file that only its user may read', async () => {
    const folder = folderForTest()
    const path = join(folder, 'below', 'localhost.pem')
    const told: unknown[] = []
    const made = await localCertificate(join(folder, 'below'), now, (file) => told.push(file))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'below')).mode & 0o777).toBe(0o700)
    const again = await localCertificate(join(folder, 'below'), inDays(10), (file) => told.push(file))
    expect(told).toEqual([path])
    expect(again.cert.trim()).toBe(made.cert.trim())
    expect(again.key.trim()).toBe(made.key.trim())
    expect(readdirSync(join(folder, 'below'))).toEqual(['localhost.pem'])
  })

  test('is made anew before it ends', async () => {
    const folder = folderForTest()
    const made = await localCertificate(folder, now)
    const later = await localCertificate(folder, inDays(LIFETIME_DAYS - RENEWAL_DAYS + 1))
    expect(later.cert.trim()).not.toBe(made.cert.trim())
    expect(readFileSync(join(folder, 'localhost.pem'), 'utf8')).toContain(later.cert.trim())
  })

  test('is made anew where others could read its key', async () => {
    const folder = folderForTest()
    const made = await localCertificate(folder, now)
    chmodSync(join(folder, 'localhost.pem'), 0o644)
    const next = await localCertificate(folder, now)
    expect(next.cert.trim()).not.toBe(made.cert.trim())
    expect(statSync(join(folder, 'localhost.pem')).mode & 0o777).toBe(0o600)
  })

  test.each([
    ['is cut off', (text: string) => text.slice(0, text.length / 2)],
    ['is empty', () => ''],
    ['is something else', () => 'hello'],
  ])('is made anew where its file %s', async (_what, damage) => {
    const folder = folderForTest()
    const path = join(folder, 'localhost.pem')
    await localCertificate(folder, now)
    writeFileSync(path, damage(readFileSync(path, 'utf8')))
    const { cert } = await localCertificate(folder, now)
    expect(new X509Certificate(cert).checkHost('localhost')).toBeDefined()
  })

  test('is made anew where its key is that of another one', async () => {
    const folder = folderForTest()
    const path = join(folder, 'localhost.pem')
    const other = await localCertificate(folderForTest(), now)
    const made = await localCertificate(folder, now)
    writeFileSync(path, `${other.key}\n${made.cert}`)
    const { key, cert } = await localCertificate(folder, now)
    expect(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))).toBe(true)
  })

  test('is there for one run where it cannot be kept', async () => {
    const folder = folderForTest()
    writeFileSync(join(folder, 'file'), '')
    const told: unknown[] = []
    const { cert } = await localCertificate(join(folder, 'file', 'below'), now, (file) => told.push(file))
    expect(new X509Certificate(cert).checkHost('localhost')).toBeDefined()
    expect(told).toEqual([undefined])
  })
})

describe('the folder of the certificate', () => {
  test('is that of the system for what can be made again', () => {
    expect(cacheFolder({}, 'linux', '/home/ann')).toBe('/home/ann/.cache/stapel')
    expect(cacheFolder({ XDG_CACHE_HOME: '/cache' }, 'linux', '/home/ann')).toBe('/cache/stapel')
    expect(cacheFolder({ XDG_CACHE_HOME: 'cache' }, 'linux', '/home/ann')).toBe('/home/ann/.cache/stapel')
    expect(cacheFolder({}, 'darwin', '/Users/ann')).toBe('/Users/ann/Library/Caches/stapel')
  })
})

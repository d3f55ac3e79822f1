import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { findProgram } from '../hosts/programs.ts'
import { run } from '../support/command.ts'

/** A folder with all that one nginx writes and reads. */
export interface NginxFolder {
  /** A path in it. */
  path(name: string): string
  /** Starts nginx with servers (`server { … }`, `upstream`, `map`) and waits until it listens. */
  start(servers: string): Promise<void>
  /** A self-signed certificate for `localhost`, good for a day. */
  makeCertificate(): Promise<{ readonly cert: string; readonly certFile: string; readonly keyFile: string }>
  /** Stops what was started, and removes the folder. */
  remove(): Promise<void>
}

/** Where nginx is; its tests are skipped where it is not, but fail in CI. Clients have addresses of their own, which needs Linux. */
export const nginx: string | undefined = process.platform === 'linux' ? await findProgram('nginx') : undefined

/** To be added to titles. */
export const skipped: string = nginx === undefined ? ' (skipped: apt-get install nginx)' : ''

/** The test that is there where no other is. */
export function testInstalled(): void {
  test('nginx is installed where CI runs', () => {
    if (process.env.CI) expect(nginx, 'apt-get install nginx').toBeDefined()
  })
}

export async function makeNginxFolder(): Promise<NginxFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'stapel-nginx-'))
  const stops: (() => Promise<unknown>)[] = []
  let count = 0
  const path = (name: string): string => join(folder, name)
  return {
    path,
    async start(servers) {
      const name = `nginx-${++count}.conf`
      await writeFile(path(name), configuration(count, servers))
      const command = run(nginx as string, ['-p', folder, '-e', 'stderr', '-c', name], { cwd: folder })
      stops.push(() => command.stop())
      // Printed when all its sockets listen.
      await command.printed(/\[notice\].* nginx\/[0-9]/)
    },
    async makeCertificate() {
      const [keyFile, certFile] = [path('key.pem'), path('cert.pem')]
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile]
      const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
      const args = ['req', '-x509', ...key, '-out', certFile, '-days', '1', ...names]
      await promisify(execFile)('openssl', args)
      return { cert: await readFile(certFile, 'utf8'), certFile, keyFile }
    },
    async remove() {
      await Promise.all(stops.map((stop) => stop()))
      await rm(folder, { recursive: true })
    },
  }
}

/** One process in the foreground, which writes nowhere but into its folder and to its errors. */
function configuration(number: number, servers: string): string {
  return `daemon off;
master_process off;
pid nginx-${number}.pid;
error_log stderr notice;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path body-${number};
  proxy_temp_path proxy-${number};
  fastcgi_temp_path fastcgi-${number};
  uwsgi_temp_path uwsgi-${number};
  scgi_temp_path scgi-${number};
${servers}
}
`
}

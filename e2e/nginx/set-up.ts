import { readFile } from 'node:fs/promises'
import type { ServeOptions } from '@stapel/core/node'
import type { ProxyFixOptions } from '@stapel/middleware'
import { onTestFinished } from 'vitest'
import { makeNginxFolder, type NginxFolder } from './nginx.ts'
import { serveSeen } from './seen.ts'

/** A folder and an application, both gone at the end of the test. */
export async function setUp(
  options: ProxyFixOptions,
  listen?: (folder: NginxFolder) => ServeOptions,
): Promise<{ folder: NginxFolder; app: number }> {
  const folder = await makeNginxFolder()
  onTestFinished(() => folder.remove())
  const running = await serveSeen(options, listen?.(folder))
  onTestFinished(() => running.close({ timeout: 0 }))
  return { folder, app: running.port }
}

/** A configuration of nginx in docs/serving.md. */
export async function documented(index: number): Promise<string> {
  const page = await readFile(new URL('../../docs/serving.md', import.meta.url), 'utf8')
  return [...page.matchAll(/```nginx\n(.*?)```/gs)][index]?.[1] ?? ''
}

/** What the first proxy of a chain sets. */
export const first: string = `
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header X-Forwarded-Port $server_port;
  proxy_set_header X-Forwarded-Prefix '';
  proxy_set_header Forwarded '';`

/** What a proxy adds that keeps what it got, as most are configured. */
export const appending: string = `
  proxy_set_header Host app.internal;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto "$http_x_forwarded_proto, $scheme";
  proxy_set_header X-Forwarded-Host "$http_x_forwarded_host, $http_host";
  proxy_set_header X-Forwarded-Port "$http_x_forwarded_port, $server_port";
  proxy_set_header X-Forwarded-Prefix "$http_x_forwarded_prefix, ";
  proxy_set_header Forwarded '';`

import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** `wrk` when it is installed, otherwise autocannon, which takes more of the machine for itself. */
export const tool = hasWrk() ? 'wrk' : 'autocannon'

/** Loads a server for some seconds over 64 connections; gives requests a second and how many were answered. */
export function load(url, scenario, seconds) {
  return tool === 'wrk' ? loadWithWrk(url, scenario, seconds) : loadWithAutocannon(url, scenario, seconds)
}

async function loadWithWrk(url, { method = 'GET', headers = {}, body }, seconds) {
  const script = join(mkdtempSync(join(tmpdir(), 'bench-')), 'request.lua')
  const lines = [`wrk.method = ${lua(method)}`]
  for (const [name, value] of Object.entries(headers)) lines.push(`wrk.headers[${lua(name)}] = ${lua(value)}`)
  if (body !== undefined) lines.push(`wrk.body = ${lua(body)}`)
  writeFileSync(script, lines.join('\n'))
  const { stdout } = await run('wrk', ['-t1', '-c64', `-d${seconds}s`, '--timeout', '30s', '-s', script, url])
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout)
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
    requests: Number(/(\d+) requests in/.exec(stdout)[1]),
  }
}

async function loadWithAutocannon(url, { method = 'GET', headers, body }, seconds) {
  const { default: autocannon } = await import('autocannon')
  const result = await autocannon({ url, method, headers, body, connections: 64, duration: seconds })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} wrong answers, ${result.errors} errors`)
  return { perSecond: result.requests.average, requests: result.requests.total }
}

function lua(text) {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function hasWrk() {
  try {
    execFileSync('wrk', ['--version'], { stdio: 'ignore' })
    return true
  } catch (error) {
    // wrk prints its version and exits with 1.
    return error.code !== 'ENOENT'
  }
}

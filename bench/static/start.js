import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** Starts a server of files; `cpu` gives its processor time in microseconds, `memory` what it has taken, where it is one of ours. */
export function startServer(name, directory) {
  return name.startsWith('nginx') ? startNginx(name, directory) : startNode(name, directory)
}

async function startNode(name, directory) {
  const child = fork(new URL('./child.js', import.meta.url), [name, directory])
  const [{ port }] = await once(child, 'message')
  const ask = async () => {
    child.send('')
    return (await once(child, 'message'))[0]
  }
  return {
    url: `http://127.0.0.1:${port}`,
    cpu: async () => (await ask()).cpu,
    memory: async () => (await ask()).memory,
    stop: () => stop(child, 'SIGKILL'),
  }
}

async function startNginx(name, directory) {
  const place = mkdtempSync(join(tmpdir(), 'bench-nginx-'))
  const port = await freePort()
  writeFileSync(join(place, 'nginx.conf'), nginxConfig(name, directory, place, port))
  const child = spawn('nginx', ['-c', join(place, 'nginx.conf'), '-e', join(place, 'error.log')], {
    stdio: 'inherit',
  })
  const url = `http://127.0.0.1:${port}`
  await answering(port, child)
  return {
    url,
    cpu: async () => workersOf(child.pid).reduce((sum, worker) => sum + processorTime(worker), 0),
    stop: async () => {
      await stop(child, 'SIGTERM')
      rmSync(place, { recursive: true, force: true })
    },
  }
}

/**
 * One worker, as the others have one process. As Debian has it (sendfile, tcp_nopush), without the log that nobody else writes, and with
 * connections that stay open as long as those of the others.
 */
function nginxConfig(name, directory, place, port) {
  // What it knows of a file may then be as old as what we keep: one second.
  const cache = name === 'nginx-open-file-cache' ? 'open_file_cache max=1000; open_file_cache_valid 1s;' : ''
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
    daemon off; worker_processes 1; pid ${place}/pid; error_log ${place}/error.log;
    ${process.getuid() === 0 ? 'user root;' : ''}
    events { worker_connections 1024; }
    http {
      types { text/plain txt; application/octet-stream bin; }
      charset utf-8; charset_types text/plain;
      access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; etag on;
      ${paths.map((path) => `${path}_temp_path ${place}/${path};`).join(' ')}
      add_header Cache-Control no-cache; add_header X-Content-Type-Options nosniff; ${cache}
      server { listen 127.0.0.1:${port}; root ${directory}; }
    }`
}

async function freePort() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function answering(port, child) {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`nginx has ended with ${child.exitCode}.`)
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await delay(25)
    } finally {
      socket.destroy()
    }
  }
  throw new Error('nginx does not answer.')
}

async function stop(child, signal) {
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

function workersOf(parent) {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && statOf(pid)?.[1] === String(parent))
}

/** In microseconds, in steps of 10 ms. */
function processorTime(pid) {
  const stat = statOf(pid)
  return stat === undefined ? 0 : (Number(stat[11]) + Number(stat[12])) * 10_000
}

/** The fields of `/proc/<pid>/stat` behind the name: the state, the parent, … */
function statOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1).split(' ')
  } catch {
    // It has ended since.
    return undefined
  }
}

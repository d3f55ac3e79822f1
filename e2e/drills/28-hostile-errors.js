import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app } from '../failing/hostile.js'
import { get, inParallel } from './support/client.js'

export const title =
  'an error whose texts are hostile is shown and never run in development, and tells nothing in production'

/** As in production: without the development server around it. */
export function application() {
  return app
}

const folder = fileURLToPath(new URL('../failing', import.meta.url))
const secret = 'value-of-the-environment'
const cookie = 'value-of-the-cookie'
const token = 'value-of-the-token'

const texts = [
  '<script>document.title = 1</script>',
  '"><img src=x onerror=alert(1)>',
  "'-alert(1)-'",
  '</pre></style></title><svg onload=alert(1)>',
  '<!-- --><iframe srcdoc="<script>1</script>">',
  '\u001b]0;title\u0007\u001b[2J\u009b31m\u202e',
  `\n    at read (${join(folder, '.env')}:1:1)\n    at read (/etc/passwd:1:1)`,
  '\n    at read (/proc/self/environ:1:1)',
  `Transform failed with 1 error:\n/etc/passwd:1:1: ERROR: x`,
  'constructor __proto__ toString',
  'x'.repeat(3_000),
]
const forms = ['text/html', 'application/json', 'text/plain']

export async function run({ target, short, check }) {
  const rounds = short ? 1 : 50
  const development = await startCommand()
  try {
    const bodies = await ask(development, rounds)
    const pages = bodies.filter(({ type }) => type.startsWith('text/html'))
    check(
      'answers, all 500',
      bodies.every(({ status }) => status === 500),
      bodies.length,
    )
    check(
      'live tags in pages',
      none(pages, /<(?:script|img|svg|iframe|object|form)\b/i),
      count(pages, /<script/i),
    )
    check('event handlers in pages', none(pages, /<[^>]*\son\w+\s*=/i), 0)
    check(
      'pages that may run or load something',
      pages.every(({ policy }) => /^default-src 'none'; style-src 'nonce-[^']+';/.test(policy)),
      pages.length,
    )
    for (const [what, value] of Object.entries({ environment: secret, cookie, token })) {
      check(`bodies with a value of the ${what}`, none(bodies, value), count(bodies, value))
    }
    const foreign = /root:[^:]*:0:0:|PATH=\//
    check('bodies with lines of files that are no source', none(bodies, foreign), count(bodies, foreign))
    const output = development.output()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/
    check('control characters in the terminal', !controls.test(output), controls.exec(output) ?? 0)
    check('secrets in the terminal', !output.includes(secret) && !output.includes(cookie), 0)
  } finally {
    await development.stop()
  }
  const plain = await ask(target, rounds)
  check(
    'answers in production without a word of the error',
    plain.every(({ status, body }) => status === 500 && body === 'Internal Server Error\n'),
    plain.length,
  )
}

/** Sends each text in each form, `rounds` times. */
async function ask({ url, port }, rounds) {
  const requests = texts.flatMap((text) =>
    ['/', '/forged'].flatMap((path) => forms.map((accept) => ({ text, path, accept }))),
  )
  const all = Array.from({ length: rounds }, () => requests).flat()
  let next = 0
  return inParallel(all.length, 4, async () => {
    const { text, path, accept } = all[next++]
    const headers = { Accept: accept, Cookie: `sid=${cookie}`, Authorization: `Bearer ${token}` }
    const answer = await get({ url, port }, `${path}?${encodeURIComponent(text)}`, { headers })
    return {
      status: answer.status,
      body: String(answer.body),
      type: answer.headers['content-type'],
      policy: answer.headers['content-security-policy'] ?? '',
    }
  })
}

async function startCommand() {
  const command = join(
    dirname(createRequire(import.meta.url).resolve('@stapel/devserver/package.json')),
    'bin/stapel.js',
  )
  const child = spawn(process.execPath, [command, 'hostile.js', '--port', '0'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', STAPEL_DRILL_SECRET: secret },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  let output = ''
  const url = await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
        const found = / at (http:\S+)\/ /.exec(output)
        if (found !== null) resolve(found[1])
      })
    }
    child.once('close', () => reject(new Error(`The command ended:\n${output}`)))
  })
  return {
    url,
    port: Number(new URL(url).port),
    output: () => output,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function count(bodies, what) {
  return bodies.filter(({ body }) => has(body, what)).length
}

function none(bodies, what) {
  return bodies.every(({ body }) => !has(body, what))
}

function has(body, what) {
  return typeof what === 'string' ? body.includes(what) : what.test(body)
}

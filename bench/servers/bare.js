import { createServer } from 'node:http'
import { layers } from '../scenarios.js'

const text = 'Hello, World!'
const layerHeaders = Object.fromEntries(layers)

/** What a programmer writes by hand for the same bytes, with one writeHead. */
export function create(scenario) {
  return createServer(handlers[scenario] ?? hello)
}

function hello(_req, res) {
  res.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': text.length })
  res.end(text)
}

function sendJson(res, value) {
  const body = JSON.stringify(value)
  res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
  res.end(body)
}

const handlers = {
  params(req, res) {
    if (req.url.startsWith('/users/')) sendJson(res, { id: decodeURIComponent(req.url.slice(7)) })
    else res.writeHead(404).end()
  },
  stack(_req, res) {
    res.writeHead(200, {
      'Content-Type': 'text/plain; charset=utf-8',
      ...layerHeaders,
      'Content-Length': text.length,
    })
    res.end(text)
  },
  json(req, res) {
    const chunks = []
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => sendJson(res, JSON.parse(Buffer.concat(chunks).toString())))
  },
}

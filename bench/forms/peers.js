/** Servers that answer a form with the number of its parts and the bytes of their contents. */
import { unlink } from 'node:fs/promises'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { serve } from '@stapel/core/node'
import { Request, Response } from '@stapel/wrappers'
import busboy from 'busboy'
import formidable from 'formidable'
import { Hono } from 'hono'
import multer from 'multer'

const large = 100_000_000

export const peers = {
  /** Throws away what it reads. */
  busboy: () =>
    listen((req, res) => {
      const count = new Count()
      req.pipe(
        busboy({ headers: req.headers })
          .on('field', (_name, value) => count.add(value.length))
          .on('file', (_name, stream) => {
            count.add(0)
            stream.on('data', (chunk) => {
              count.bytes += chunk.length
            })
          })
          .on('close', () => answer(res, count)),
      )
    }),

  'stapel formData': async () => {
    const app = Request.application(async (request) => {
      const count = new Count()
      for (const value of (await request.formData({ total: large, file: large })).values()) {
        count.add(typeof value === 'string' ? value.length : value.size)
      }
      return Response.json(count)
    })
    return (await serve(app, { port: 0, host: '127.0.0.1' })).port
  },

  'stapel parts': async () => {
    const app = Request.application(async (request) => {
      const count = new Count()
      for await (const part of request.parts({ total: large, file: large })) {
        count.add(0)
        for await (const bytes of part) count.bytes += bytes.length
      }
      return Response.json(count)
    })
    return (await serve(app, { port: 0, host: '127.0.0.1' })).port
  },

  'multer memory': () => listenMulter(multer({ storage: multer.memoryStorage() })),

  'multer disk': () => listenMulter(multer({ dest: process.env.TMPDIR ?? '/tmp' })),

  formidable: () =>
    listen(async (req, res) => {
      const [fields, files] = await formidable({ maxFileSize: large, maxTotalFileSize: large }).parse(req)
      const count = new Count()
      for (const value of Object.values(fields).flat()) count.add(value.length)
      for (const file of Object.values(files).flat()) {
        count.add(file.size)
        await unlink(file.filepath)
      }
      answer(res, count)
    }),

  'hono parseBody': () => {
    const app = new Hono().post('/', async (context) => {
      const count = new Count()
      for (const value of Object.values(await context.req.parseBody())) {
        count.add(typeof value === 'string' ? value.length : value.size)
      }
      return context.json(count)
    })
    return listen(getRequestListener(app.fetch))
  },
}

class Count {
  count = 0
  bytes = 0

  add(bytes) {
    this.count++
    this.bytes += bytes
  }
}

function listenMulter(upload) {
  const read = upload.any()
  return listen((req, res) => {
    read(req, res, async (error) => {
      if (error) throw error
      const count = new Count()
      for (const value of Object.values(req.body)) count.add(value.length)
      for (const file of req.files) {
        count.add(file.size)
        if (file.path !== undefined) await unlink(file.path)
      }
      answer(res, count)
    })
  })
}

function listen(handler) {
  const server = createServer(handler)
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
}

function answer(res, count) {
  res.writeHead(200, { 'Content-Type': 'application/json' })
  res.end(JSON.stringify(count))
}

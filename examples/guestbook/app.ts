/**
 * The guestbook: a router, and the layers around it. `stapel app.ts:app` serves it.
 *
 * @module
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stack } from '@stapel/core'
import { compress, staticFiles, unavailable } from '@stapel/middleware'
import { Entries } from './entries.ts'
import { Pictures } from './pictures.ts'
import { createRoutes } from './routes.ts'
import { refuseCrossSite, safeHeaders } from './safety.ts'

const data = process.env.GUESTBOOK_DATA ?? fileURLToPath(new URL('data', import.meta.url))
mkdirSync(data, { recursive: true })
const entries = new Entries(join(data, 'guestbook.db'))
const pictures = new Pictures(join(data, 'pictures'))

// A request passes the layers from top to bottom, its answer from bottom to top.
export const app = stack(
  createRoutes(entries, pictures),
  // Outermost, as its headers belong on files and error pages too.
  safeHeaders,
  unavailable({ contact: 'webmaster@example.org' }),
  compress(),
  staticFiles({ '/static': new URL('static', import.meta.url), '/pictures': pictures.folder }),
  refuseCrossSite,
)

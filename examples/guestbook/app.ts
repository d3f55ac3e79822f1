/**
 * The guestbook: a router, and the layers around it. `stapel app.ts:app` serves it.
 *
 * @module
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stack } from '@stapel/core'
import {
  bodyLimit,
  compress,
  csrf,
  etag,
  health,
  requestId,
  securityHeaders,
  staticFiles,
  timeout,
  unavailable,
} from '@stapel/middleware'
import { Entries } from './entries.ts'
import { PICTURE_LIMIT, Pictures } from './pictures.ts'
import { noIndex } from './robots.ts'
import { createRoutes } from './routes.ts'

const data = process.env.GUESTBOOK_DATA ?? fileURLToPath(new URL('data', import.meta.url))
mkdirSync(data, { recursive: true })
const entries = new Entries(join(data, 'guestbook.db'))
const pictures = new Pictures(join(data, 'pictures'))

// A request passes the layers from top to bottom, its answer from bottom to top; docs/middleware.md says why they stand in this order.
export const app = stack(
  createRoutes(entries, pictures),
  // Outside of what shows it on a page.
  requestId(),
  health('/healthz', { checks: { entries: () => entries.page(1) } }),
  // Outside of files and error pages, which are to have its headers, too.
  securityHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: 'same-origin',
  }),
  unavailable({ contact: 'webmaster@example.org' }),
  compress(),
  timeout(60_000),
  // The form has limits of its own; this one holds for whatever else is sent.
  bodyLimit(PICTURE_LIMIT + 100_000),
  // Any page may send a form to any address, also to this machine's.
  csrf(),
  staticFiles({ '/static': new URL('static', import.meta.url), '/pictures': pictures.folder }),
  etag(),
  noIndex('/admin'),
)

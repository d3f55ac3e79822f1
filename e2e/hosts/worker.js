import { fetchHandler } from '@stapel/core/fetch'
import { app } from './app.js'

// biome-ignore lint/style/noDefaultExport: the way of Workers.
export default { fetch: fetchHandler(app) }

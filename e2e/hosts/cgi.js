import { runCgi } from '@stapel/core/cgi'
import { app } from './app.js'

await runCgi(app)

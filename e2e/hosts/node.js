import { serve } from '@stapel/core/node'
import { app } from './app.js'

const server = await serve(app, { port: 0 })
console.log(`listens at ${server.url}`)

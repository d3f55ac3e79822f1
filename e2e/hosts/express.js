import { nodeHandler } from '@stapel/core/node'
import express from 'express'
import { app } from './app.js'

const server = express()
  .disable('x-powered-by')
  .use(nodeHandler(app))
  .listen(0, '127.0.0.1', () => console.log(`listens at http://127.0.0.1:${server.address().port}`))

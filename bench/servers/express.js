import express from 'express'
import { layers } from '../scenarios.js'

export function create(scenario) {
  const app = express()
  if (scenario === 'stack') {
    for (const [name, value] of layers) {
      app.use((_req, res, next) => {
        res.set(name, value)
        next()
      })
    }
  }
  app.get('/', (_req, res) => res.type('text/plain').send('Hello, World!'))
  app.get('/users/:id', (req, res) => res.json({ id: req.params.id }))
  app.post('/echo', express.json(), (req, res) => res.json(req.body))
  return app
}

import { createServer } from 'node:http'
import connect from 'connect'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { describe, expect, test } from 'vitest'
import { checkApplication } from './check-application.ts'
import { fetchHandler } from './fetch.ts'
import { nodeHandler } from './node.ts'
import { stack } from './stack.ts'
import { validate } from './validate.ts'

test('a function is an application', () => {
  checkApplication(() => '')
  checkApplication(async function* named() {})
})

test.each([undefined, null, 'app', 7, {}, [], new Map()])('%s is none', (value) => {
  expect(() => checkApplication(value)).toThrow(/^Got .* for the application; expected a function\.$/)
})

test('of an object that has an application, as a router, it is said that this is handed on', () => {
  class Router {
    readonly app = (): string => ''
  }
  expect(() => checkApplication(new Router())).toThrow(
    'Got an object of class Router for the application; expected a function. Hand on its member app, as in router.app.',
  )
})

describe('of an application of another framework it is said how it becomes one', () => {
  test.each([
    ['Express', express()],
    ['connect', connect()],
    ['Koa', new Koa()],
    ['Fastify', fastify()],
    ['an http.Server', createServer()],
  ])('%s', (_, app) => {
    expect(() => checkApplication(app)).toThrow('make it one of ours by fromNode(')
  })

  test('an object with fetch', () => {
    expect(() => checkApplication({ fetch: () => new Response() })).toThrow(
      'make it one of ours by fromFetch(',
    )
  })
})

test('stacks and gateways say it when they are made', () => {
  for (const make of [stack, nodeHandler, fetchHandler, validate]) {
    expect(() => make(express() as never)).toThrow(TypeError)
  }
})

/**
 * Each peer: `create(routes)` gives `match(method, path)`, whose result is what the peer gives its users: the value of the route and the
 * parameters. `read(result)` gives both for the check that all agree.
 */
import { Router } from '@stapel/routing'
import createFindMyWay from 'find-my-way'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { TrieRouter } from 'hono/router/trie-router'
import { match as compileMatch } from 'path-to-regexp'
import { addRoute, createRouter, findRoute } from 'rou3'
import { compileRouter } from 'rou3/compiler'

export const peers = {
  stapel: {
    create(routes) {
      const router = new Router()
      for (const [method, route] of routes) router.add(named(route), application(), { methods: [method] })
      return (method, path) => router.match(method, path)
    },
    read: ({ rule, params }) => [rule.pattern, params],
  },
  'find-my-way': {
    create(routes) {
      const router = toFindMyWay(routes)
      return (method, path) => router.find(method, path)
    },
    read: ({ store, params }) => [store, params],
  },
  'find-my-way compiled': {
    create(routes) {
      const router = toFindMyWay(routes).compile()
      return (method, path) => router.find(method, path)
    },
    read: ({ store, params }) => [store, params],
  },
  rou3: {
    create(routes) {
      const router = toRou3(routes)
      return (method, path) => findRoute(router, method, path)
    },
    read: ({ data, params }) => [data.route, params],
  },
  'rou3 compiled': {
    create: (routes) => compileRouter(toRou3(routes)),
    read: ({ data, params }) => [data.route, params],
  },
  'hono RegExpRouter': {
    create: (routes) => toHono(new RegExpRouter(), routes),
    read: ({ route, params }) => [route, params],
  },
  'hono TrieRouter': {
    create: (routes) => toHono(new TrieRouter(), routes),
    read: ({ route, params }) => [route, params],
  },
  'path-to-regexp': {
    create(routes) {
      const list = routes.map(([method, route]) => ({ method, route, match: compileMatch(named(route)) }))
      return (method, path) => {
        for (const each of list) {
          if (each.method !== method) continue
          const found = each.match(path)
          if (found !== false) return { route: each.route, params: found.params }
        }
        return undefined
      }
    },
    read: ({ route, params }) => [route, params],
  },
}

function named(route) {
  return route.replace('*', '*rest')
}

function application() {
  return (_environ, startResponse) => {
    startResponse('200 OK', [])
    return ''
  }
}

function toFindMyWay(routes) {
  const router = createFindMyWay()
  for (const [method, route] of routes) router.on(method, route, () => undefined, named(route))
  return router
}

function toRou3(routes) {
  const router = createRouter()
  for (const [method, route] of routes) addRoute(router, method, route.replace('*', '**:rest'), { route })
  return router
}

function toHono(router, routes) {
  for (const [method, route] of routes) router.add(method, route.replace('*', ':rest{.+}'), { route })
  return (method, path) => {
    const [handlers, stash] = router.match(method, path)
    const [{ route }, names] = handlers[0]
    const params = {}
    for (const name in names) {
      const value = stash === undefined ? names[name] : stash[names[name]]
      params[name] = value.includes('%') ? decodeURIComponent(value) : value
    }
    return { route, params }
  }
}

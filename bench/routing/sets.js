/** Sets of routes, with the paths that are asked of each; in both a parameter is written `:name`, a wildcard at the end `*`. */

/** The set that routers of this language are usually compared with. */
export const usual = {
  routes: [
    ['GET', '/user'],
    ['GET', '/user/comments'],
    ['GET', '/user/avatar'],
    ['GET', '/user/lookup/username/:username'],
    ['GET', '/user/lookup/email/:address'],
    ['GET', '/event/:id'],
    ['GET', '/event/:id/comments'],
    ['POST', '/event/:id/comment'],
    ['GET', '/map/:location/events'],
    ['GET', '/status'],
    ['GET', '/very/deeply/nested/route/hello/there'],
    ['GET', '/static/*'],
  ],
  asked: {
    'short static': [['GET', '/user']],
    'static, same beginning': [['GET', '/user/comments']],
    'long static': [['GET', '/very/deeply/nested/route/hello/there']],
    dynamic: [['GET', '/user/lookup/username/:username']],
    'dynamic, then static': [['GET', '/event/:id/comments']],
    'dynamic, post': [['POST', '/event/:id/comment']],
    wildcard: [['GET', '/static/*']],
    'all of them': [
      ['GET', '/user'],
      ['GET', '/user/comments'],
      ['GET', '/user/lookup/username/:username'],
      ['GET', '/event/:id/comments'],
      ['POST', '/event/:id/comment'],
      ['GET', '/very/deeply/nested/route/hello/there'],
      ['GET', '/static/*'],
    ],
  },
}

/** A site of resources: for each, a list, one, and one of what belongs to it; `size` rules in all. */
export function resources(size) {
  const routes = []
  for (let i = 0; routes.length < size; i++) {
    // As long in a small set as in a large one.
    const name = `/${words[i % words.length]}-${String(i).padStart(4, '0')}`
    routes.push(
      ['GET', name],
      ['GET', `${name}/:id`],
      ['POST', name],
      ['GET', `${name}/:id/${words[(i * 7) % words.length]}`],
      ['GET', `${name}/:id/${words[(i * 3 + 1) % words.length]}s/:part`],
    )
  }
  routes.length = size
  const starts = Array.from({ length: 16 }, (_, index) => Math.floor((index * size) / 16))
  const ask = (pick) => starts.map((start) => [...routes.slice(start), ...routes].find(pick))
  return {
    routes,
    asked: {
      static: ask(isStatic).slice(8, 9),
      dynamic: ask(isDynamic).slice(8, 9),
      'sixteen static': ask(isStatic),
      'sixteen dynamic': ask(isDynamic),
    },
  }
}

/** An API as it grows: 204 rules, most of them below two parameters, and resources of their own beside. */
export function nested() {
  const routes = []
  for (const word of words) routes.push(['GET', `/${word}s`], ['GET', `/${word}s/:id`])
  for (const word of words) {
    const part = `/repositories/:owner/:repository/${word}s`
    routes.push(['GET', part], ['POST', part], ['GET', `${part}/:id`])
    for (const inner of words) routes.push(['GET', `${part}/:id/${inner}s`])
  }
  const read = routes.filter(([method, route]) => method === 'GET' && route.includes(':'))
  return {
    routes,
    asked: {
      'one parameter': [['GET', '/photos/:id']],
      'three parameters': [['GET', '/repositories/:owner/:repository/photos/:id']],
      sixteen: Array.from({ length: 16 }, (_, index) => read[(index * 37) % read.length]),
    },
  }
}

const isStatic = ([method, route]) => method === 'GET' && !route.includes(':')
const isDynamic = ([, route]) => route.includes(':')
const words = 'user event order invoice photo comment article tag team project message file'.split(' ')

/** A path that the route matches. */
export function fill(route, index) {
  return route
    .replace(/:\w+/g, () => `a${(index * 7919 + 1e7).toString(36)}`)
    .replace('*', `css/site-${index}.css`)
}

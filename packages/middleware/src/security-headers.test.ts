import { type Application, NotFound, outline, stack, validate } from '@stapel/core'
import { applicationShapes, Client, type ClientAnswer, createEnviron, failingShapes } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { requestId } from './request-id.ts'
import {
  defaultContentSecurityPolicy,
  type SecurityHeadersOptions,
  securityHeaders,
} from './security-headers.ts'
import { unavailable } from './unavailable.ts'

const page: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/html; charset=utf-8']])
  return `<script nonce="${environ['stapel.csp_nonce']}"></script>`
}

function get(options?: SecurityHeadersOptions, base = 'https://example.org'): Promise<ClientAnswer> {
  return new Client(stack(page, securityHeaders(options)), { base }).get('/')
}

async function header(name: string, options?: SecurityHeadersOptions, base?: string): Promise<string | null> {
  return (await get(options, base)).headers.get(name)
}

/** An application that sets headers itself. */
function setting(...headers: [string, string][]): Application {
  return (_environ, startResponse) => {
    startResponse('200 OK', [...headers])
    return ''
  }
}

describe('over every application shape', () => {
  test.each(applicationShapes)('stands beside the answer of $name', async ({ make }) => {
    const inner = make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] })
    const answer = await new Client(stack(inner, validate, securityHeaders())).get('/')
    expect([answer.status, answer.headers.get('X-Inner'), answer.text()]).toEqual([201, 'yes', 'one, two'])
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  test.each(applicationShapes)('stands on HEAD of $name', async ({ make }) => {
    const inner = make({ status: '200 OK', headers: [], chunks: ['one'] })
    const answer = await new Client(stack(inner, securityHeaders({ nonce: true }))).head('/')
    expect(answer.headers.get('Content-Security-Policy')).toContain("'nonce-")
  })

  test.each(failingShapes.filter(({ committed }) => !committed))(
    'stands on the 500 of an application that $name',
    async ({ make }) => {
      const answer = await new Client(stack(make(), securityHeaders())).get('/')
      expect([answer.status, answer.headers.get('X-Frame-Options')]).toEqual([500, 'SAMEORIGIN'])
    },
  )

  test.each(failingShapes.filter(({ committed }) => committed))(
    'lets the answer break of an application that $name',
    async ({ make }) => {
      await expect(new Client(stack(make(new Error('torn')), securityHeaders())).get('/')).rejects.toThrow(
        'torn',
      )
    },
  )
})

test('says by default what keeps most pages working', async () => {
  expect([...(await get()).headers].filter(([name]) => !/^content-(?:type|length)$/i.test(name))).toEqual([
    [
      'content-security-policy',
      "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'; script-src-attr 'none'",
    ],
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'SAMEORIGIN'],
    ['referrer-policy', 'strict-origin-when-cross-origin'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['origin-agent-cluster', '?1'],
    ['strict-transport-security', 'max-age=31536000'],
  ])
})

test('says nothing where everything is left out', async () => {
  const answer = await get({
    contentSecurityPolicy: false,
    strictTransportSecurity: false,
    frameOptions: false,
    referrerPolicy: false,
    openerPolicy: false,
    resourcePolicy: false,
    originAgentCluster: false,
    contentTypeOptions: false,
  })
  expect([...answer.headers].map(([name]) => name)).toEqual(['content-type', 'content-length'])
})

test.each(['204 No Content', '304 Not Modified', '500 Internal Server Error'] as const)(
  'stands on %s',
  async (status) => {
    const app: Application = (_environ, startResponse) => {
      startResponse(status, [])
      return ''
    }
    const answer = await new Client(stack(app, securityHeaders())).get('/')
    expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'self'")
  },
)

describe('what the application sets', () => {
  const own = setting(
    ['content-security-policy', "default-src 'none'"],
    ['X-FRAME-OPTIONS', 'DENY'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
  )

  test('stays, and stands once', async () => {
    const { headers } = await new Client(stack(own, securityHeaders())).get('/')
    expect(headers.get('Content-Security-Policy')).toBe("default-src 'none'")
    expect(headers.get('X-Frame-Options')).toBe('DENY')
    expect(headers.get('Referrer-Policy')).toBe('strict-origin-when-cross-origin')
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('is replaced where that is wanted, and only what this layer sets', async () => {
    const { headers } = await new Client(stack(own, securityHeaders({ override: true }))).get('/')
    expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'self'/)
    expect(headers.get('X-Frame-Options')).toBe('SAMEORIGIN')
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('goes where it is to go', async () => {
    const app = setting(['X-Powered-By', 'Express'], ['server', 'x'])
    const one = await new Client(stack(app, securityHeaders())).get('/')
    expect([one.headers.has('X-Powered-By'), one.headers.has('Server')]).toEqual([false, true])
    const two = await new Client(stack(app, securityHeaders({ remove: ['Server'] }))).get('/')
    expect([two.headers.has('X-Powered-By'), two.headers.has('Server')]).toEqual([true, false])
  })

  test('is the policy of an error page, which may load nothing', async () => {
    const app: Application = () => {
      throw new Error('broken')
    }
    const answer = await new Client(stack(app, securityHeaders(), unavailable())).get('/', {
      headers: { Accept: 'text/html' },
    })
    expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
  })
})

describe('Strict-Transport-Security', () => {
  const name = 'Strict-Transport-Security'

  test.each(['http://example.org', 'https://localhost', 'https://localhost:8443', 'https://app.localhost'])(
    'is not for %s',
    async (base) => {
      expect(await header(name, {}, base)).toBe(null)
    },
  )

  test.each([
    [{ maxAge: 0 }, 'max-age=0'],
    [{ maxAge: 600, includeSubDomains: true }, 'max-age=600; includeSubDomains'],
    [{ includeSubDomains: true, preload: true }, 'max-age=31536000; includeSubDomains; preload'],
  ])('%j is %s', async (strictTransportSecurity, expected) => {
    expect(await header(name, { strictTransportSecurity })).toBe(expected)
  })
})

describe('a nonce', () => {
  const nonceOf = (policy: string | null) => /'nonce-([^']+)'/.exec(policy ?? '')?.[1]

  test('is in environ and in the policy, for scripts and styles', async () => {
    const answer = await get({ nonce: true })
    const policy = answer.headers.get('Content-Security-Policy')
    const nonce = nonceOf(policy)
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/)
    expect(answer.text()).toBe(`<script nonce="${nonce}"></script>`)
    expect(policy).toContain(`script-src 'self' 'nonce-${nonce}'`)
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`)
  })

  test('is another one for every answer', async () => {
    const client = new Client(stack(page, securityHeaders({ nonce: true })))
    const nonces = await Promise.all(
      Array.from({ length: 20 }, async () =>
        nonceOf((await client.get('/')).headers.get('Content-Security-Policy')),
      ),
    )
    expect(new Set(nonces).size).toBe(20)
  })

  test('is for the directives that are named, in both policies', async () => {
    const { headers } = await get({
      nonce: ['scriptSrcElem'],
      contentSecurityPolicy: { scriptSrc: ["'none'"] },
      contentSecurityPolicyReportOnly: { defaultSrc: ["'self'"] },
    })
    const nonce = nonceOf(headers.get('Content-Security-Policy'))
    expect(headers.get('Content-Security-Policy')).toBe(`script-src 'none'; script-src-elem 'nonce-${nonce}'`)
    expect(headers.get('Content-Security-Policy-Report-Only')).toBe(
      `default-src 'self'; script-src-elem 'self' 'nonce-${nonce}'`,
    )
  })

  test('is not made unless it is asked for', async () => {
    expect((await get()).text()).toBe('<script nonce="undefined"></script>')
  })

  test('does not come with a 304, as the stored page has another', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('304 Not Modified', [])
      return ''
    }
    const answer = await new Client(stack(app, securityHeaders({ nonce: true }))).get('/')
    expect(answer.headers.has('Content-Security-Policy')).toBe(false)
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  test('is one where there are two layers', async () => {
    const app = stack(page, securityHeaders({ nonce: true }), securityHeaders({ nonce: true }))
    const answer = await new Client(app).get('/')
    expect(answer.text()).toContain(`"${nonceOf(answer.headers.get('Content-Security-Policy'))}"`)
  })
})

describe('options', () => {
  test.each([
    [
      'Content-Security-Policy',
      { contentSecurityPolicy: { ...defaultContentSecurityPolicy, upgradeInsecureRequests: true } },
      /; upgrade-insecure-requests$/,
    ],
    ['Content-Security-Policy', { contentSecurityPolicy: {} }, null],
    [
      'Content-Security-Policy-Report-Only',
      { contentSecurityPolicyReportOnly: { imgSrc: ['*'] } },
      /^img-src \*$/,
    ],
    ['X-Frame-Options', { frameOptions: 'DENY' }, /^DENY$/],
    ['Referrer-Policy', { referrerPolicy: ['no-referrer', 'same-origin'] }, /^no-referrer, same-origin$/],
    [
      'Cross-Origin-Opener-Policy',
      { openerPolicy: { policy: 'same-origin-allow-popups', reportTo: 'main' } },
      /^same-origin-allow-popups; report-to="main"$/,
    ],
    ['Cross-Origin-Embedder-Policy', { embedderPolicy: 'credentialless' }, /^credentialless$/],
    ['Cross-Origin-Embedder-Policy', { embedderPolicy: { policy: 'require-corp' } }, /^require-corp$/],
    ['Cross-Origin-Resource-Policy', { resourcePolicy: 'cross-origin' }, /^cross-origin$/],
    [
      'Permissions-Policy',
      { permissionsPolicy: { camera: [], geolocation: ['self', 'https://maps.example'], fullscreen: '*' } },
      /^camera=\(\), geolocation=\(self "https:\/\/maps\.example"\), fullscreen=\*$/,
    ],
    ['Permissions-Policy', { permissionsPolicy: {} }, null],
    [
      'Reporting-Endpoints',
      { reportingEndpoints: { main: 'https://reports.example/csp' } },
      /^main="https:\/\/reports\.example\/csp"$/,
    ],
    ['X-DNS-Prefetch-Control', { headers: [['X-DNS-Prefetch-Control', 'off']] }, /^off$/],
    ['X-Frame-Options', { headers: [['x-frame-options', 'DENY']] }, /^DENY$/],
  ] as [string, SecurityHeadersOptions, RegExp | null][])('%s of %j', async (name, options, expected) => {
    const value = await header(name, options)
    if (expected === null) expect(value).toBe(null)
    else expect(value).toMatch(expected)
  })
})

test('stands on the answer of an HTTPError that was thrown, beside other layers', async () => {
  const app: Application = () => {
    throw new NotFound()
  }
  const answer = await new Client(stack(app, requestId({ generate: () => 'r1' }), securityHeaders())).get('/')
  expect([
    answer.status,
    answer.headers.get('X-Request-Id'),
    answer.headers.get('X-Content-Type-Options'),
  ]).toEqual([404, 'r1', 'nosniff'])
})

test('stays synchronous over a synchronous application', () => {
  const body = securityHeaders({ nonce: true })(setting())(createEnviron('/'), () => () => {})
  expect(body).toBe('')
})

test('gives each answer a list of its own', () => {
  const lists: unknown[] = []
  const app = securityHeaders()(setting())
  for (let i = 0; i < 2; i++) {
    app(createEnviron('/'), (_status, headers) => {
      lists.push(headers.splice(0))
      return () => {}
    })
  }
  expect(lists[1]).toEqual(lists[0])
})

test('has its name in an outline', () => {
  expect(String(outline(stack(page, securityHeaders())))).toBe('securityHeaders\n  page')
})

describe('refuses when it is made', () => {
  test.each([
    [
      { contentSecurityPolicy: "default-src 'self'" },
      'for the option contentSecurityPolicy; expected an object, or false',
    ],
    [
      { contentSecurityPolicy: { defaultSrc: ['self'] } },
      'for the option contentSecurityPolicy: Got "self" for default-src',
    ],
    [
      { contentSecurityPolicy: { defaultSrc: ["'self'; script-src *"] } },
      'for the option contentSecurityPolicy: Got',
    ],
    [{ contentSecurityPolicy: { 'default-src': [] } }, 'for the option contentSecurityPolicy: Got'],
    [
      { contentSecurityPolicyReportOnly: { imgSrc: ['a,b'] } },
      'for the option contentSecurityPolicyReportOnly: Got',
    ],
    [
      { nonce: ['script-src'] },
      'got ["script-src"] for the option nonce; expected true, false, or a list of directives among',
    ],
    [{ nonce: ['imgSrc'] }, 'got ["imgSrc"] for the option nonce'],
    [{ nonce: true, contentSecurityPolicy: false }, 'got a nonce without a policy'],
    [
      { strictTransportSecurity: { maxAge: -1 } },
      'for the option strictTransportSecurity: Got -1 for maxAge',
    ],
    [
      { strictTransportSecurity: { maxage: 60 } },
      'for the option strictTransportSecurity: Got the unknown field "maxage"; it knows maxAge, includeSubDomains, preload.',
    ],
    [
      { openerPolicy: { policy: 'same-origin', report: 'main' } },
      'for the option openerPolicy: Got the unknown field "report"; it knows policy, reportTo.',
    ],
    [{ strictTransportSecurity: { preload: true } }, 'Got preload without includeSubDomains'],
    [{ strictTransportSecurity: { maxAge: 600, includeSubDomains: true, preload: true } }, 'Got preload'],
    [
      { frameOptions: 'ALLOW-FROM https://a.example' },
      "for the option frameOptions; expected 'DENY', 'SAMEORIGIN' or false",
    ],
    [
      { referrerPolicy: 'never' },
      'got "never" for the option referrerPolicy; expected one or a list of no-referrer',
    ],
    [{ referrerPolicy: [] }, 'got [] for the option referrerPolicy'],
    [{ openerPolicy: 'all' }, 'for the option openerPolicy: Got the policy "all"'],
    [{ embedderPolicy: { policy: 'x' } }, 'for the option embedderPolicy: Got the policy "x"'],
    [{ resourcePolicy: 'none' }, 'for the option resourcePolicy: Got the policy "none"'],
    [{ permissionsPolicy: { Camera: [] } }, 'for the option permissionsPolicy: Got the feature "Camera"'],
    [{ permissionsPolicy: { camera: ['https://a.example" *'] } }, 'for the option permissionsPolicy: Got'],
    [{ permissionsPolicy: { camera: ["'self'"] } }, "for camera; expected 'self', 'src' or an origin"],
    [{ permissionsPolicy: { camera: 'self' } }, 'Got "self" for camera; expected \'*\' or a list'],
    [{ reportingEndpoints: { main: 'a"b' } }, 'for the option reportingEndpoints: Got'],
    [{ headers: [['X A', 'b']] }, 'for the option headers:'],
    [{ headers: { 'X-A': 'b' } }, 'got { X-A: "b" } for the option headers; expected a list of pairs'],
    [{ headers: [['X-A', 'b\r\nc']] }, 'for the option headers:'],
    [{ headers: [['Connection', 'close']] }, 'for the option headers:'],
    [
      { headers: [['content-security-policy', "default-src 'none'"]] },
      'Got content-security-policy; leave it out: use the option contentSecurityPolicy.',
    ],
    [{ headers: [['Strict-Transport-Security', 'max-age=1']] }, 'use the option strictTransportSecurity'],
    [{ headers: [['Content-Length', '3']] }, 'leave it out: the gateway sets it.'],
    [{ remove: 'Server' }, 'got "Server" for the option remove'],
    [{ override: 1 }, 'got 1 for the option override'],
    [{ hsts: false }, 'got the unknown option "hsts"; it knows contentSecurityPolicy'],
  ])('%j', (options, message) => {
    expect(() => securityHeaders(options as SecurityHeadersOptions)).toThrow(TypeError)
    expect(() => securityHeaders(options as SecurityHeadersOptions)).toThrow(message)
  })
})

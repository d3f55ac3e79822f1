import type { Application } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { Router } from './index.ts'
import { RuleSet, ruleSetOf } from './rule-set.ts'

const app: Application = () => ''
const asked = { method: 'GET', host: undefined, websocket: false, scriptName: '' }

describe('RuleSet', () => {
  test('looks for a rule in one place where none is elsewhere', () => {
    const rules = new RuleSet({ redirectDefaults: true, refusesHosts: false })
    rules.add({ pattern: '/a', app })
    expect(rules.isCommon).toBe(true)
    rules.add({ pattern: '/a', app, buildOnly: true, host: 'a.example', name: 'a' })
    expect(rules.isCommon).toBe(true)
    rules.add({ pattern: '/a', app, websocket: true })
    expect(rules.isCommon).toBe(false)
  })

  test('asks one place alone while nothing but a rule that is there can come of a request', () => {
    const rules = new RuleSet({ redirectDefaults: true, refusesHosts: false })
    rules.add({ pattern: '/a', app })
    expect(rules.final).toBe(rules.common)
    rules.add({ pattern: '/', app, mounted: true })
    expect(rules.final).toBeUndefined()
    const refusing = new RuleSet({ redirectDefaults: true, refusesHosts: true })
    refusing.add({ pattern: '/a', app })
    expect(refusing.final).toBeUndefined()
  })

  test('knows of a host that a rule has', () => {
    const rules = new RuleSet({ redirectDefaults: true, refusesHosts: false })
    rules.add({ pattern: '/a', app, host: ':t.example.org' })
    expect(rules.isCommon).toBe(false)
    expect([
      rules.knowsHost('a.example.org'),
      rules.knowsHost('example.org'),
      rules.knowsHost(undefined),
    ]).toEqual([true, false, false])
  })

  test('redirects from / only below a mount, where it is not the whole path', () => {
    const rules = new RuleSet({ redirectDefaults: true, refusesHosts: false })
    rules.add({ pattern: '', app })
    expect(rules.resolve({ ...asked, path: '/' })).toMatchObject({ status: 404 })
    expect(rules.resolve({ ...asked, path: '/', scriptName: '/in' })).toMatchObject({ status: 308, path: '' })
  })

  test('adds nothing of a rule that cannot be added', () => {
    const rules = new RuleSet({ redirectDefaults: true, refusesHosts: false })
    rules.add({ pattern: '/a', app, name: 'a' })
    expect(() => rules.add({ pattern: '/a', app, name: 'b' })).toThrow('No request can tell')
    expect(() => rules.add({ pattern: '/c', app, name: 'a' })).toThrow('has already')
    expect(() => rules.add({ pattern: '/d', app, name: 7 as never })).toThrow('for the name')
    expect([...rules.names.names()]).toEqual(['a'])
    expect(rules.resolve({ ...asked, path: '/c' })).toMatchObject({ status: 404 })
    expect(rules.rules).toHaveLength(1)
  })

  test('takes nothing once it is sealed', () => {
    const rules = new RuleSet({ redirectDefaults: true, refusesHosts: false })
    rules.add({ pattern: '/a', app })
    rules.seal()
    expect(() => rules.add({ pattern: '/b', app })).toThrow('Got the rule /b for a snapshot')
    expect(rules.rules).toHaveLength(1)
  })

  test('gives what a fallback may take to the rule that is redirected to', () => {
    const rules = new RuleSet({ redirectDefaults: true, refusesHosts: false })
    rules.add({ pattern: '/a/', app })
    rules.add({ pattern: '/', app, mounted: true })
    rules.add({ pattern: '/in', app, mounted: true })
    expect(rules.resolve({ ...asked, path: '/a' })).toMatchObject({ status: 308, path: '/a/' })
    expect(rules.resolve({ ...asked, path: '/b' })).toMatchObject({ rule: { pattern: '/' } })
    expect(rules.resolve({ ...asked, path: '/in/a' })).toMatchObject({ rule: { pattern: '/in' } })
  })

  test('is found by the application of its router alone', () => {
    const router = new Router().get('/a', app)
    expect(ruleSetOf(router.app)?.rules).toHaveLength(1)
    expect(ruleSetOf(app)).toBeUndefined()
  })
})

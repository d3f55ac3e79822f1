import { createHash } from 'node:crypto'
import { LIVE_PATH } from './live-streams.ts'

/**
 * What runs in the page: it connects while the page is shown (browsers open six HTTP/1.1 connections to a server, for all tabs), reloads when the
 * server has another version than the one the page came from, and swaps style sheets: each one stays until its successor has loaded, which
 * `olds` knows it by, and is `null` there from then on. It is the same for every page, so that its hash allows it.
 */
const script: string = `(() => {
  const { version } = document.currentScript.dataset
  let source
  const olds = new WeakMap()
  const open = () => {
    source = new EventSource('${LIVE_PATH}')
    source.onmessage = ({ data }) => {
      if (data === version) return
      source.close()
      location.reload()
    }
    source.addEventListener('style', ({ data }) => swap(data))
  }
  const swap = (name) => {
    const links = [...document.querySelectorAll('link[rel~=stylesheet]')].filter(
      ({ href }) => new URL(href).origin === location.origin,
    )
    const named = links.filter(({ href }) => new URL(href).pathname.split('/').pop() === name)
    for (const link of named.length > 0 ? named : links) {
      const before = olds.get(link)
      if (before === null) continue
      const old = [...(before ?? []), link]
      const next = link.cloneNode()
      olds.set(link, null).set(next, old)
      const url = new URL(link.href)
      url.searchParams.set('stapel', Date.now())
      next.href = url.href
      next.onload = next.onerror = () => old.splice(0).forEach((one) => one.remove())
      link.after(next)
    }
  }
  const update = () => {
    if (document.hidden) source?.close()
    else if (source === undefined || source.readyState === 2) open()
  }
  addEventListener('visibilitychange', update)
  addEventListener('pagehide', () => source?.close())
  addEventListener('pageshow', update)
  update()
})()`

/** What a policy names to let the script run. */
export const scriptHash: string = `'sha256-${createHash('sha256').update(script).digest('base64')}'`

/** The element that is put into pages; `version` is that of the code they came from, of letters, digits, `.` and `-`. */
export function scriptElement(version: string): string {
  return `<script data-version="${version}">${script}</script>`
}

import { get } from './client.js'
import { Target } from './target.js'

/**
 * Runs one drill: `title`, `application(state, { short })`, `run({ target, short, check, clock })` and perhaps `options` for `serve`. Whatever a
 * drill checks, afterwards its process must be alive, have rejected and thrown nothing unheard, and answer a plain request. What is held to a `clock` is
 * printed as `slow` in the short form, which runs beside other tests, and fails in the long one.
 */
export async function runDrill(file, short) {
  const { title, run } = await import(file)
  const target = await Target.start(file, short)
  const rows = []
  const check = (what, ok, got) => void rows.push({ what, verdict: ok ? 'ok' : 'FAIL', got: String(got) })
  const clock = (what, milliseconds, limit) => {
    const late = short ? 'slow' : 'FAIL'
    const got = `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`
    rows.push({ what: `${what}, below ${limit} ms`, verdict: milliseconds < limit ? 'ok' : late, got })
  }
  const start = performance.now()
  try {
    await run({ target, short, check, clock })
    // robustness.md U1
    const { details, ...failures } = await target.ask('failures')
    const total = Object.values(failures).reduce((sum, count) => sum + count, 0)
    check('unhandled rejections, exceptions and warnings', total === 0, total === 0 ? 0 : details.join('; '))
    const { status } = await get(target, '/')
    check('the next plain request', status === 200, status)
  } catch (error) {
    check('the drill runs to its end', false, error.stack)
  } finally {
    await target.stop()
  }
  return { title, rows, seconds: (performance.now() - start) / 1000 }
}

/** `1.5 MiB` */
export function mebibytes(bytes) {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}

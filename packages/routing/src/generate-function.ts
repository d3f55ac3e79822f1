/** Whether functions can be made of texts, as far as was tried. */
export function mayGenerate(): boolean {
  return !isForbidden
}

/**
 * What a source returns, which sees the helpers by their names; `undefined` where that fails. Where the host forbids it (Workers, a Content-Security-Policy without
 * `unsafe-eval`) it is tried once, because a page has each try reported.
 */
export function generateFunction(code: string, helpers: Readonly<Record<string, unknown>>): unknown {
  if (isForbidden) return undefined
  try {
    return new Function(...Object.keys(helpers), code)(...Object.values(helpers))
  } catch (error) {
    isForbidden = error instanceof EvalError
    return undefined
  }
}

let isForbidden = false

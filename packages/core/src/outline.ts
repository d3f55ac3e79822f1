import { describe } from './body.ts'
import { withoutJoint } from './joint.ts'
import { formatTable, type OutlineRow } from './outline-table.ts'
import type { Application, Middleware } from './protocol.ts'

/** One line of an outline, and what lies inside it. */
export interface OutlineNode {
  /** What stands on the line: the name of a layer or an application, a rule. */
  readonly name: string
  /** The columns of a line that is one of a table; `name` says the same in one text. */
  readonly row?: OutlineRow | undefined
  /** What lies inside, in its order. @default none */
  readonly children?: readonly OutlineNode[] | undefined
}

/**
 * What an application that chooses among others (a router, a dispatcher) has under this key shows up in its outline: a function
 * without arguments that gives the nodes; where it stands inside itself, it is not asked again. Registered with `Symbol.for`, so that two copies of this package agree.
 */
export const outlineSymbol: unique symbol = Symbol.for('stapel.outline') as never

/** An application that can say what it chooses among. */
export interface Outlined {
  /** Gives the nodes, see {@link outlineSymbol}. */
  [outlineSymbol]?: () => readonly OutlineNode[]
}

/**
 * The layers of an application, outermost first; `toString()` and `console.log` print them indented, the rules of a router as a table with
 * aligned columns, `toJSON()` gives the nodes.
 */
export class Outline {
  static {
    // What `console.log` asks for on Node, Deno and Bun.
    Object.defineProperty(Outline.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Outline): string {
        return this.toString()
      },
    })
  }

  /** The outermost layer, or the application where there is none. */
  readonly root: OutlineNode

  constructor(root: OutlineNode) {
    this.root = root
  }

  /** The outline as lines of text. */
  toString(): string {
    const lines: string[] = []
    print(this.root, 0, lines)
    return lines.join('\n')
  }

  /** The outline as nodes. */
  toJSON(): OutlineNode {
    return this.root
  }
}

/**
 * Shows how an application is stacked: each layer on a line of its own, what lies inside it indented, the rules of a router as a table.
 *
 * What is not an application but has one as its `app`, as a router has, may be given itself. Throws a TypeError for anything else.
 *
 * @example
 * ```ts
 * import { outline, stack } from '@stapel/core'
 *
 * const app = stack(function hello(_environ, startResponse) {
 *   startResponse('200 OK', [])
 *   return 'Hello'
 * })
 * console.log(outline(app))
 * ```
 */
export function outline(app: Application | { readonly app: Application }): Outline {
  const application = typeof app === 'function' ? app : app?.app
  if (typeof application !== 'function') {
    throw new TypeError(
      `Got ${describe(app)} to outline; expected an application, or what has one as its app.`,
    )
  }
  return new Outline(nodeOf(application))
}

/** A layer that was made around an application. */
export interface Layer {
  readonly name: string
  readonly inner: Application
}

/** What is known of each layer that was made around an application. */
export const layerOf: WeakMap<Application, Layer> = new WeakMap()

/** Notes that `layer` made `outer` of `inner`; a layer that gave an application that was there before leaves no trace. */
export function noteLayer(outer: Application, layer: Middleware, inner: Application): void {
  if (layerOf.has(outer)) return
  for (let app: Application | undefined = inner; app !== undefined; app = layerOf.get(app)?.inner) {
    if (app === outer) return
  }
  layerOf.set(outer, { name: layer.name || outer.name || 'anonymous', inner })
}

function nodeOf(given: Application): OutlineNode {
  const app = withoutJoint(given)
  const layer = layerOf.get(app)
  if (layer !== undefined) return { name: layer.name, children: [nodeOf(layer.inner)] }
  const name = app.name || 'anonymous'
  const choices = (app as Outlined)[outlineSymbol]
  if (choices === undefined) return { name }
  if (open.has(app)) return { name, children: [] }
  open.add(app)
  try {
    return { name, children: choices.call(app) }
  } finally {
    open.delete(app)
  }
}

/** What is being outlined: inside itself it would have no end. */
const open = new Set<Application>()

function print(node: OutlineNode, depth: number, lines: string[]): void {
  lines.push('  '.repeat(depth) + node.name)
  const { children = [] } = node
  if (children.some(({ row }) => row !== undefined)) {
    for (const line of formatTable(children)) lines.push('  '.repeat(depth + 1) + line)
  } else {
    for (const child of children) print(child, depth + 1, lines)
  }
}

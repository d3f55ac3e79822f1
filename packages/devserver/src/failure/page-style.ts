/** The style of every page; it loads nothing. */
export const pageStyle: string = `
:root { color-scheme: light dark; --text: #1b1b1f; --back: #fff; --panel: #f5f5f7; --line: #dcdce2; --quiet: #57575f; --mark: #ffe3df; --edge: #b3261e; --link: #0b57d0; --advice: #fff6dd }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececf0; --back: #17171a; --panel: #222226; --line: #3a3a41; --quiet: #a9a9b3; --mark: #5a2621; --edge: #ff8a80; --link: #8ab4f8; --advice: #33290d }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; border-top: 4px solid var(--edge) }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem }
.eyebrow { margin: 0 0 .25rem; color: var(--edge); font-size: .9rem; font-weight: 600; overflow-wrap: anywhere }
h1 { font-size: 1.45rem; line-height: 1.3; margin: 0 0 1rem; overflow-wrap: anywhere }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; overflow-wrap: anywhere }
p { margin: 0 0 1rem; color: var(--quiet); overflow-wrap: anywhere }
a { color: var(--link) }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
pre, code, .place, th, td, .call { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
.place { font-size: .875rem; margin: 0 0 .5rem; overflow-wrap: anywhere }
pre { margin: 0 0 1rem; padding: .75rem; overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; font-size: .8125rem; line-height: 1.55; tab-size: 2 }
.source { padding: .5rem 0 }
.source > * { display: block; min-width: max-content; padding: 0 .75rem; color: inherit; background: none }
.source > mark { background: var(--mark); box-shadow: inset 3px 0 var(--edge) }
.advice { margin: 0 0 1.25rem; padding: .75rem 1rem; background: var(--advice); border: 1px solid var(--line); border-radius: 6px; overflow-wrap: anywhere }
.advice p { color: var(--text); margin: 0 }
.advice p + p { margin-top: .5rem }
details, .frame { border-top: 1px solid var(--line); padding-left: 1rem }
details:last-of-type { border-bottom: 1px solid var(--line) }
details + p:not(.frame) { margin-top: 1.5rem }
summary, .frame { padding: .5rem .25rem .5rem 1rem; margin: 0; color: inherit; font-size: .875rem }
summary { margin-left: -1rem; padding-left: .25rem; cursor: pointer; overflow-wrap: anywhere }
.call { font-weight: 600 }
.quiet { color: var(--quiet) }
.behind { margin-left: 0; padding-left: 1rem; border-left: 3px solid var(--line) }
table { width: 100%; margin: 0 0 1rem; border-collapse: collapse; font-size: .8125rem }
th, td { padding: .3rem .75rem .3rem .25rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { width: 14rem; font-weight: 400; color: var(--quiet) }
.threw th, .threw td { color: var(--edge); font-weight: 600 }
@media (max-width: 40rem) {
  main { padding-top: 1.25rem }
  h1 { font-size: 1.2rem }
  table, tbody, tr, th, td { display: block; width: auto }
  th { border: 0; padding-bottom: 0 }
  td { padding-top: 0 }
}
@media print { pre { white-space: pre-wrap } }
`

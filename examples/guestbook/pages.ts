/**
 * The pages: plain functions from data to HTML. Links within the site are made by whoever knows the routes, and come with the data.
 *
 * @module
 */
import { html, type Markup } from './html.ts'

/** An entry as the pages and the JSON view show it. */
export interface EntryView {
  readonly id: number
  readonly name: string
  readonly message: string
  readonly writtenAt: Date
  /** Where the entry is found. */
  readonly url: string
  /** Where its picture is found; `undefined` without one. */
  readonly picture: string | undefined
}

/** What the form is filled with, and what is wrong with that. */
export interface FormView {
  readonly name: string
  readonly message: string
  readonly errors: FormErrors
}

/** What is wrong with each field. */
export type FormErrors = Readonly<Partial<Record<'name' | 'message' | 'picture', string>>>

/** The longest name and message, in characters. */
export const NAME_LIMIT = 80
export const MESSAGE_LIMIT = 2000

export function homePage(form: FormView, entries: readonly EntryView[], older: string | undefined): Markup {
  return layout(
    'Guestbook',
    html`<section class="card" aria-labelledby="write">
<h2 id="write">Leave a message</h2>
${entryForm(form)}
</section>
<section aria-labelledby="entries">
<h2 id="entries">What others wrote</h2>
${entries.length === 0 ? html`<p class="empty">Nobody has written yet. Be the first!</p>` : entryList(entries)}
${older === undefined ? undefined : html`<p class="more"><a href="${older}" rel="next">Older entries</a></p>`}
</section>`,
  )
}

export function entryPage(entry: EntryView): Markup {
  const title = `An entry by ${entry.name}`
  return layout(
    title,
    html`<article class="card entry">
<h2>${title}</h2>
<p class="by">${when(entry.writtenAt)}</p>
<p class="message">${entry.message}</p>
${entry.picture === undefined ? undefined : html`<img class="picture" src="${entry.picture}" alt="The picture that ${entry.name} added">`}
</article>
<p class="more"><a href="/">All entries</a></p>`,
  )
}

/** The administrator's list; `deleteUrl` says where the button of an entry leads. */
export function adminPage(entries: readonly EntryView[], deleteUrl: (id: number) => string): Markup {
  const rows = entries.map(
    (entry) => html`<tr>
<td>${entry.name}</td>
<td><a href="${entry.url}">${shorten(entry.message)}</a></td>
<td>${when(entry.writtenAt)}</td>
<td><form method="post" action="${deleteUrl(entry.id)}"><button class="danger" aria-label="Delete the entry by ${entry.name}">Delete</button></form></td>
</tr>
`,
  )
  return layout(
    'Administration',
    html`<section class="card" aria-labelledby="newest">
<h2 id="newest">The newest entries</h2>
<p>There is no password here: everyone who reaches this page may delete. Do not put it on the internet as it is.</p>
${rows.length === 0 ? html`<p class="empty">There is nothing to delete.</p>` : table(rows)}
</section>`,
  )
}

function layout(title: string, main: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}${title === 'Guestbook' ? undefined : ' · Guestbook'}</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/style.css">
</head>
<body>
<header>
<h1><a href="/">Guestbook</a></h1>
<nav aria-label="Pages"><a href="/entries.json">JSON</a> <a href="/admin/">Administration</a></nav>
</header>
<main>
${main}
</main>
<footer>
<p>A stack of small parts. See what a visitor gets when one fails: <a href="/fail">at once</a>, or <a href="/fail/later">after it began to answer</a>.</p>
</footer>
</body>
</html>
`
}

function entryForm({ name, message, errors }: FormView): Markup {
  return html`<form method="post" action="/" enctype="multipart/form-data">
<p class="field">
<label for="name">Your name</label>${problem('name', errors)}
<input id="name" name="name" required maxlength="${NAME_LIMIT}" autocomplete="name" value="${name}"${invalid('name', errors)}>
</p>
<p class="field">
<label for="message">Your message</label>${problem('message', errors)}
<textarea id="message" name="message" required maxlength="${MESSAGE_LIMIT}" rows="4"${invalid('message', errors)}>
${message}</textarea>
</p>
<p class="field">
<label for="picture">A picture <small>PNG, JPEG, GIF or WebP, up to 2 MB</small></label>${problem('picture', errors)}
<input id="picture" name="picture" type="file" accept="image/png, image/jpeg, image/gif, image/webp"${invalid('picture', errors)}>
</p>
<button>Sign the guestbook</button>
</form>`
}

function invalid(field: keyof FormErrors, errors: FormErrors): Markup | undefined {
  return errors[field] === undefined
    ? undefined
    : html` aria-invalid="true" aria-describedby="${field}-error"`
}

function problem(field: keyof FormErrors, errors: FormErrors): Markup | undefined {
  const text = errors[field]
  return text === undefined ? undefined : html`<strong class="error" id="${field}-error">${text}</strong>`
}

function entryList(entries: readonly EntryView[]): Markup {
  return html`<ol class="entries">
${entries.map(
  (entry) => html`<li id="entry-${entry.id}" class="card entry">
<p class="by"><strong>${entry.name}</strong> <a href="${entry.url}">${when(entry.writtenAt)}</a></p>
<p class="message">${entry.message}</p>
${entry.picture === undefined ? undefined : thumbnail(entry, entry.picture)}
</li>
`,
)}</ol>`
}

/** The picture as it was uploaded, which the browser scales: making a smaller one takes a library with native code. */
function thumbnail(entry: EntryView, picture: string): Markup {
  return html`<a class="thumbnail" href="${picture}"><img src="${picture}" alt="The picture that ${entry.name} added" width="160" height="120" loading="lazy"></a>`
}

function table(rows: readonly Markup[]): Markup {
  return html`<div class="scroll" role="region" aria-labelledby="newest" tabindex="0">
<table>
<thead><tr><th scope="col">Name</th><th scope="col">Message</th><th scope="col">Written</th><th scope="col">Action</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>`
}

function when(date: Date): Markup {
  return html`<time datetime="${date.toISOString()}">${dateFormat.format(date)}</time>`
}

const dateFormat = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
})

function shorten(text: string): string {
  const characters = Array.from(text)
  return characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : text
}

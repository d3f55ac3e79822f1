const special = /[&<>"']/g
const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text made safe for HTML, between tags and within quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(special, (character) => references[character] as string)
}

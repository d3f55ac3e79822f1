/**
 * The environ key of a header name (clause 2). `undefined` for a name with `_`, which is dropped: `X_Real_IP` must not pose as `X-Real-IP`.
 */
export function environKey(name: string): string | undefined {
  if (name.includes('_')) return undefined
  const key = name.toUpperCase().replaceAll('-', '_')
  return key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH' ? key : `HTTP_${key}`
}

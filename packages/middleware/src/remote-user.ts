/**
 * The keys by which CGI names who was authenticated (RFC 3875 sections 4.1.1 and 4.1.11).
 *
 * @module
 */
import type {} from '@stapel/core'

declare module '@stapel/core' {
  interface Environ {
    /** Who was authenticated; absent for nobody. Never from a header. */
    REMOTE_USER?: string
    /** How: `'Basic'`. */
    AUTH_TYPE?: string
    /**
     * Where whoever authenticates notes the name, too, so that a layer outside learns it though layers between them work on copies of environ:
     * put there by `accessLog`, absent where nobody wants to know.
     */
    'stapel.authenticated'?: { user: string | undefined }
  }
}

import { ServiceUnavailable } from '@stapel/core'

/** The 503 of a layer that answers in place of the application; `errorPages` shows its page for it, whatever it was told to replace. */
export class Refusal extends ServiceUnavailable {
  static {
    Refusal.prototype.name = 'Refusal'
  }
}

/** A URL that cannot be built: of an unknown name, or from values that are missing, unknown or do not fit. The message says which. */
export class BuildError extends TypeError {
  override readonly name: string = 'BuildError'
}

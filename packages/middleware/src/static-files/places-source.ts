import type { Resource, Source } from './source.ts'

/** Several sources at one place: what the first of them does not have comes from the next. */
export class PlacesSource implements Source {
  readonly #sources: readonly Source[]

  constructor(sources: readonly Source[]) {
    this.#sources = sources
  }

  find(path: string): Promise<Resource | undefined> | undefined {
    return this.#findFrom(0, path)
  }

  #findFrom(start: number, path: string): Promise<Resource | undefined> | undefined {
    for (let i = start; i < this.#sources.length; i++) {
      const looking = this.#sources[i]?.find(path)
      if (looking !== undefined) return looking.then((found) => found ?? this.#findFrom(i + 1, path))
    }
    return undefined
  }
}

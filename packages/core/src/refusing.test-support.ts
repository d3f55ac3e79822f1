/** The optional members of a type that refuse `undefined`, of each type of a union. */
export type Refusing<T> = T extends unknown
  ? {
      [K in keyof T]-?: undefined extends Required<T>[K] ? never : object extends Pick<T, K> ? K : never
    }[keyof T]
  : never

/** How often a search comes by a place of the tree before code is generated for what follows there. */
export const GENERATE_AFTER: number = 256

/**
 * The most alternatives of patterns that one function matches, where a text that leads to a call of another function counts as half a one. V8 does not optimize a function of 192
 * alternatives, or of 400 calls.
 */
export const FUNCTION_SIZE_LIMIT = 128

/** The most characters of one function's source. */
export const FUNCTION_SOURCE_LIMIT = 65_536

/** The most characters of source that one tree adds to what is there; places that come later are searched without. */
export const TREE_SOURCE_LIMIT = 262_144

/** How many characters of source are kept to be used again; when there are more, all are forgotten. */
export const KEPT_SOURCE_LIMIT = 1_048_576

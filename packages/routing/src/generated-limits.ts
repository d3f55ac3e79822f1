/** How often a search comes by a place of the tree before code is generated for what follows there. */
export const GENERATE_AFTER: number = 256

/**
 * The most alternatives of patterns that one function matches; where there are more, it calls those of the next places. V8 does not optimize one of 192. Of a place that more texts
 * than this lead on from, no code is generated.
 */
export const FUNCTION_SIZE_LIMIT = 128

/** The most characters of one function's source. */
export const FUNCTION_SOURCE_LIMIT = 65_536

/** The most characters of source that one tree adds to what is there; places that come later are searched without. */
export const TREE_SOURCE_LIMIT = 262_144

/** How many characters of source are kept to be used again; when there are more, all are forgotten. */
export const KEPT_SOURCE_LIMIT = 1_048_576

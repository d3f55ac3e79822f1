export { type CompressOptions, compress, isCompressibleType } from './compress.ts'
export { type ProxyFixOptions, proxyFix } from './proxy-fix.ts'
export { type Dotfiles, type StaticFilesOptions, type StaticMounts, staticFiles } from './static-files.ts'
export { type UnavailableOptions, unavailable } from './unavailable.ts'

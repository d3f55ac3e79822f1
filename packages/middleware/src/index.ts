export {
  type AccessEntry,
  type AccessField,
  type AccessFormat,
  type AccessLogOptions,
  type AccessLogTarget,
  accessLog,
  type LogStream,
} from './access-log.ts'
export {
  type BasicAuthOptions,
  type BasicAuthUsers,
  basicAuth,
  CREDENTIALS_LIMIT,
  type PasswordCheck,
} from './basic-auth.ts'
export { type BodyLimitOptions, bodyLimit } from './body-limit.ts'
export { type Breaker, BreakerOpen, type BreakerOptions, type BreakerState, breaker } from './breaker.ts'
export { type CascadeOptions, cascade } from './cascade.ts'
export {
  type CodingName,
  type CompressCacheOptions,
  type CompressLevels,
  type CompressOptions,
  compress,
  isCompressibleType,
} from './compress.ts'
export { type CorsOptions, type CorsOrigins, cors, type OriginCheck } from './cors.ts'
export { type CsrfOptions, csrf } from './csrf.ts'
export { type DecompressOptions, decompress, RATIO_GRACE } from './decompress.ts'
export { type DispatchMounts, type DispatchOptions, dispatch } from './dispatch.ts'
export {
  type ErrorClass,
  type ErrorPage,
  type ErrorPagesOptions,
  errorPages,
  type RetryAfter,
  type StatusMap,
} from './error-pages.ts'
export { type EtagOptions, etag } from './etag.ts'
export {
  type HealthCheck,
  type HealthOptions,
  type HealthReport,
  type HealthResult,
  health,
} from './health.ts'
export { type ProxyFixOptions, proxyFix } from './proxy-fix.ts'
export { type RequestIdOptions, requestId } from './request-id.ts'
export {
  defaultContentSecurityPolicy,
  type NonceDirective,
  type PermissionAllowList,
  type ReferrerPolicyName,
  type SecurityHeadersOptions,
  securityHeaders,
  type TransportSecurity,
} from './security-headers.ts'
export {
  type CacheControlRule,
  type Dotfiles,
  type FileCacheOptions,
  type FileHeadersOption,
  type FileHeadersRule,
  type FileTypes,
  type PathPatterns,
  type Precompressed,
  packageAssets,
  type ResponseCacheControl,
  type StaticFallback,
  type StaticFilesOptions,
  type StaticMounts,
  type StaticPlace,
  type Symlinks,
  staticFiles,
} from './static-files.ts'
export { TIMEOUT_LIMIT, TimedOut, type TimeoutOptions, timeout } from './timeout.ts'
export { type TrustedHostsOptions, trustedHosts } from './trusted-hosts.ts'
export { type UnavailableOptions, unavailable } from './unavailable.ts'

import { expectTypeOf, test } from 'vitest'
import type { RunCgiOptions } from './cgi.ts'
import type { FetchHandlerOptions, FromFetchOptions, Peer } from './fetch.ts'
import type {
  ExtendedParameterOptions,
  FilenameOptions,
  ParameterOptions,
  PolicyOptions,
} from './http/index.ts'
import {
  BadRequestKeyError,
  type FileWrapperOptions,
  type HTTPErrorOptions,
  type OutlineNode,
  type OutlineRow,
  type ProblemMembers,
  type ReadOptions,
  ServiceUnavailable,
  TooManyRequests,
  type TracedOptions,
  Unauthorized,
  type ValidateOptions,
  type WebSocketAcceptOptions,
} from './index.ts'
import type {
  AttachOptions,
  CloseOptions,
  EndOptions,
  ListenOptions,
  NodeHandlerOptions,
  ServeOptions,
  ServerLimits,
  TransportOptions,
  UpgradeOptions,
  WebSocketOptions,
} from './node.ts'
import type { Refusing } from './refusing.test-support.ts'

test('an option that may be missing is given as it is', () => {
  expectTypeOf<
    Refusing<{ given: string; refused?: string; taken?: string | undefined }>
  >().toEqualTypeOf<'refused'>()
  expectTypeOf<
    Refusing<AttachOptions | CloseOptions | EndOptions | ListenOptions | NodeHandlerOptions>
  >().toBeNever()
  expectTypeOf<Refusing<ServeOptions | ServerLimits | TransportOptions | UpgradeOptions>>().toBeNever()
  expectTypeOf<
    Refusing<WebSocketOptions | WebSocketAcceptOptions | ReadOptions | FileWrapperOptions>
  >().toBeNever()
  expectTypeOf<Refusing<FetchHandlerOptions | FromFetchOptions | Peer | RunCgiOptions>>().toBeNever()
  expectTypeOf<Refusing<HTTPErrorOptions | ProblemMembers | ValidateOptions | TracedOptions>>().toBeNever()
  expectTypeOf<Refusing<OutlineNode | OutlineRow>>().toBeNever()
  expectTypeOf<
    Refusing<ExtendedParameterOptions | FilenameOptions | ParameterOptions | PolicyOptions>
  >().toBeNever()
})

test('so are the options that a class of errors has of its own', () => {
  new BadRequestKeyError('name', { showKey: undefined, message: undefined })
  new Unauthorized(undefined, { challenges: undefined })
  new TooManyRequests(undefined, { retryAfter: undefined })
  new ServiceUnavailable(undefined, { retryAfter: undefined })
})

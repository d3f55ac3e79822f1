import type { Application } from '@stapel/core'
import { CommandError } from '../command/command-error.ts'
import { describeFailure } from '../failure/describe-failure.ts'
import type { Failure } from '../failure/failure.ts'
import { HAPPENED_LOADING } from '../failure/happened.ts'
import { searchLocation } from '../failure/locate-failure.ts'
import type { LoadSettings } from '../reload/messages.ts'
import { type LoadEvents, loadApplication, TargetError } from './load-application.ts'

/**
 * Loads an application into this process.
 *
 * Rejects with a {@link CommandError} when it cannot be loaded; what it threw is told to `failed` before.
 */
export async function loadDirectly(
  load: LoadSettings,
  failed: (failure: Failure) => void,
  events: LoadEvents = {},
): Promise<Application> {
  process.setSourceMapsEnabled(true)
  try {
    return await loadApplication(load, events)
  } catch (error) {
    if (error instanceof TargetError) throw new CommandError(error.message, 1, { cause: error })
    failed(
      describeFailure(error, {
        search: () => searchLocation(error, [load.file]),
        happened: HAPPENED_LOADING,
      }),
    )
    throw new CommandError(`${load.text} could not be loaded.`, 1, { cause: error })
  }
}

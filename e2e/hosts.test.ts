import { afterAll, beforeAll, describe, test } from 'vitest'
import { behaviours } from './hosts/behaviours.ts'
import { findHosts, type RunningHost } from './hosts/hosts.ts'
import { layerBehaviours } from './hosts/layer-behaviours.ts'

for (const { name, title, missing, start } of await findHosts()) {
  const reason = missing === undefined ? '' : `, which is missing: ${missing}`
  describe.skipIf(missing !== undefined)(`the application on ${title}${reason}`, () => {
    let host: RunningHost

    beforeAll(async () => {
      host = await start()
    })

    afterAll(() => host?.stop())

    for (const { title: behaviour, cannot, check } of [...behaviours, ...layerBehaviours]) {
      const why = cannot?.[name]
      // What is declared impossible must stay so: a host that has learned it is a line less.
      if (why === undefined) test(behaviour, () => check(host.url))
      else test.fails(`cannot: ${behaviour} (${why})`, () => check(host.url))
    }
  })
}

/**
 * What a promise gives; rejects with what `stuck` makes where nothing is left in the process that could settle it, for Node would then end the process
 * without a word.
 */
export async function untilIdle<T>(promise: Promise<T>, stuck: () => Error): Promise<T> {
  let idle = (): void => {}
  const left = new Promise<never>((_resolve, reject) => {
    idle = () => reject(stuck())
    process.once('beforeExit', idle)
  })
  try {
    return await Promise.race([promise, left])
  } finally {
    process.off('beforeExit', idle)
  }
}

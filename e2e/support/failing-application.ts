import { fileURLToPath } from 'node:url'

/** The folder of applications that fail in different ways. */
export const failingFolder: string = fileURLToPath(new URL('../failing', import.meta.url))

export { type OpenedFile, openBelow, openFile } from './open-file.ts'

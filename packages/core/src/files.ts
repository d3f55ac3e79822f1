export { type OpenedFile, type OpenedState, openBelow, openFile, type StatedFile } from './open-file.ts'

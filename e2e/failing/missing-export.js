import { findUsers } from './users.js'

export const app = () => findUsers()

import Database from 'libsql'

/** What a visitor wrote. */
export interface Entry {
  readonly id: number
  readonly name: string
  readonly message: string
  /** The file name of the picture; `undefined` without one. */
  readonly picture: string | undefined
  readonly writtenAt: Date
}

export type NewEntry = Pick<Entry, 'name' | 'message' | 'picture'>

/** The entries of the guestbook in a SQLite file, which is made when it is missing. */
export class Entries {
  readonly #db: Database.Database
  readonly #insert: Statement
  readonly #selectOne: Statement
  readonly #selectPage: Statement
  readonly #delete: Statement

  constructor(file: string) {
    this.#db = new Database(file)
    // While the application restarts, the old process and the new one have the file open.
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000')
    this.#db.exec(schema)
    this.#insert = this.#db.prepare(
      'INSERT INTO entries (name, message, picture, written_at) VALUES (?, ?, ?, ?)',
    )
    this.#selectOne = this.#db.prepare('SELECT * FROM entries WHERE id = ?')
    this.#selectPage = this.#db.prepare('SELECT * FROM entries WHERE id < ? ORDER BY id DESC LIMIT ?')
    this.#delete = this.#db.prepare('DELETE FROM entries WHERE id = ?')
  }

  /** Adds an entry and gives its id. */
  add({ name, message, picture }: NewEntry): number {
    return Number(this.#insert.run(name, message, picture ?? null, Date.now()).lastInsertRowid)
  }

  get(id: number): Entry | undefined {
    const row = this.#selectOne.get(id)
    return row === undefined ? undefined : toEntry(row as Row)
  }

  /** The newest entries first, at most `limit` of them; only those older than the entry `before`, if it is given. */
  page(limit: number, before: number = Number.MAX_SAFE_INTEGER): Entry[] {
    return this.#selectPage.all(before, limit).map((row) => toEntry(row as Row))
  }

  /** Removes an entry and gives what it was. */
  remove(id: number): Entry | undefined {
    const entry = this.get(id)
    return this.#delete.run(id).changes === 0 ? undefined : entry
  }

  close(): void {
    this.#db.close()
  }
}

type Statement = Database.Statement<unknown[]>

interface Row {
  id: number
  name: string
  message: string
  picture: string | null
  written_at: number
}

function toEntry(row: Row): Entry {
  return {
    id: row.id,
    name: row.name,
    message: row.message,
    picture: row.picture ?? undefined,
    writtenAt: new Date(row.written_at),
  }
}

const schema = `
  CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    message TEXT NOT NULL,
    picture TEXT,
    written_at INTEGER NOT NULL
  ) STRICT
`

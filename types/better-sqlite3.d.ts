// The part of better-sqlite3 13 that this project uses; the package ships no types of its own.
declare module 'better-sqlite3' {
  namespace Database {
    interface Statement {
      readonly reader: boolean
      /** Its SQL. */
      readonly source: string
      readonly database: Database
      all(...parameters: unknown[]): unknown[]
      get(...parameters: unknown[]): unknown
      run(...parameters: unknown[]): { changes: number; lastInsertRowid: number | bigint }
      iterate(...parameters: unknown[]): IterableIterator<unknown>
      pluck(toggle?: boolean): Statement
    }
    interface Database {
      readonly name: string
      readonly open: boolean
      readonly readonly: boolean
      readonly inTransaction: boolean
      prepare(sql: string): Statement
      exec(sql: string): Database
      pragma(source: string, options?: { simple?: boolean }): unknown
      serialize(): Buffer
      backup(path: string): Promise<{ totalPages: number; remainingPages: number }>
      close(): Database
    }
    interface Options {
      readonly?: boolean
      fileMustExist?: boolean
      timeout?: number
      nativeBinding?: string
    }
  }
  const Database: new (path: string | Buffer, options?: Database.Options) => Database.Database
  export default Database
}

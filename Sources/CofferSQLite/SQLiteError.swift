import CSQLite
import Glibc

/// Why a call of SQLite failed.
package struct SQLiteError: Error, Sendable {
    /// The extended result code.
    package let code: Int32
    /// The error number of the system call that failed, as far as one did; otherwise 0.
    package let systemNumber: Int32
    package let message: String

    package enum Cause: Sendable {
        /// The disk is full.
        case full
        /// The process or the system has too many open files.
        case tooManyFiles
        /// The file is not a database, or not as SQLite wrote it.
        case damaged
        case other
    }

    package var cause: Cause {
        switch (code & 0xFF, systemNumber) {
        case (SQLITE_FULL, _), (_, ENOSPC): .full
        case (SQLITE_CANTOPEN, EMFILE), (SQLITE_CANTOPEN, ENFILE): .tooManyFiles
        case (SQLITE_CORRUPT, _), (SQLITE_NOTADB, _): .damaged
        default: .other
        }
    }

    /// The error of the last call on a connection.
    init(of handle: OpaquePointer) {
        code = sqlite3_extended_errcode(handle)
        systemNumber = sqlite3_system_errno(handle)
        message = String(cString: sqlite3_errmsg(handle))
    }

    /// An error without a connection that knows more.
    init(code: Int32) {
        self.code = code
        systemNumber = 0
        message = String(cString: sqlite3_errstr(code))
    }
}

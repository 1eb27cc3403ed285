import CSQLite
import Glibc

/// A prepared statement of one connection. Used by one thread at a time.
///
/// Values are bound to `?` placeholders, which are counted from 1; columns of the current row are counted from 0.
package final class SQLiteStatement {
    private let handle: OpaquePointer
    /// Why a value could not be bound, which the next step reports.
    private var bindStatus = SQLITE_OK

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { sqlite3_finalize(handle) }

    // MARK: Values

    package func bindNull(at index: Int32) { note(sqlite3_bind_null(handle, index)) }

    package func bind(_ number: Int64, at index: Int32) { note(sqlite3_bind_int64(handle, index, number)) }

    package func bind(_ number: Double, at index: Int32) { note(sqlite3_bind_double(handle, index, number)) }

    package func bind(_ text: String, at index: Int32) {
        var text = text
        text.withUTF8 { bind(text: $0, at: index) }
    }

    /// Binds text in UTF-8, which SQLite copies.
    package func bind(text: UnsafeBufferPointer<UInt8>, at index: Int32) {
        text.withMemoryRebound(to: CChar.self) { bytes in
            note(coffer_bind_text(handle, index, bytes.baseAddress, Int32(clamping: bytes.count)))
        }
    }

    package func bind(blob: [UInt8], at index: Int32) {
        note(coffer_bind_blob(handle, index, blob, Int32(clamping: blob.count)))
    }

    private func note(_ status: Int32) {
        if status != SQLITE_OK { bindStatus = status }
    }

    // MARK: Running

    /// Runs the statement up to its next row.
    ///
    /// - Returns: false if there are no more rows.
    /// - Throws: also if a value could not be bound.
    package func step() throws(SQLiteError) -> Bool {
        guard bindStatus == SQLITE_OK else { throw SQLiteError(code: bindStatus) }
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let status:
            guard let connection = sqlite3_db_handle(handle) else { throw SQLiteError(code: status) }
            throw SQLiteError(of: connection)
        }
    }

    /// Ends the statement's run, so that it can be run again. The bound values stay.
    package func reset() {
        // The result repeats the error of the previous step, which was reported there.
        sqlite3_reset(handle)
        bindStatus = SQLITE_OK
    }

    // MARK: Columns of the current row

    package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    package func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    /// Returns a text, which may contain a NUL; empty for NULL.
    package func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns bytes; empty for NULL.
    package func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// Calls a closure with bytes, or none for NULL, without a copy of them.
    package func withBytes<Result>(_ column: Int32, _ body: (Span<UInt8>) -> Result) -> Result {
        let start = sqlite3_column_blob(handle, column)?.assumingMemoryBound(to: UInt8.self)
        return body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))).span)
    }

    /// Appends the texts in UTF-8, or bytes, of several columns, one after another; nothing for NULL.
    ///
    /// - Parameter columns: at most five.
    /// - Returns: the number of bytes after each, and for what is not a column that of all.
    package func copy(_ columns: Range<Int32>, to bytes: inout [UInt8]) -> InlineArray<5, Int> {
        // The connection has no mutex, so SQLite allows values to be read without the checks of its column functions.
        var starts = InlineArray<5, UnsafeRawPointer?>(repeating: nil)
        var ends = InlineArray<5, Int>(repeating: 0)
        let first = bytes.count
        var end = first
        for index in 0..<columns.count {
            let value = sqlite3_column_value(handle, columns.lowerBound + Int32(index))
            starts[index] = sqlite3_value_blob(value)
            end += Int(sqlite3_value_bytes(value))
            ends[index] = end
        }
        for index in columns.count..<5 { ends[index] = end }
        bytes.append(addingCapacity: end - first) { span in
            span.withUnsafeMutableBufferPointer { memory, count in
                guard let base = memory.baseAddress else { return }
                for index in 0..<columns.count {
                    let length = ends[index] - first - count
                    if let start = starts[index] { memcpy(base + count, start, length) }
                    count += length
                }
            }
        }
        return ends
    }
}

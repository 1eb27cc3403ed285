/// A body of known length whose bytes are made piece by piece.
package protocol HTTPBodyStream: AnyObject, Sendable {
    /// Fills the beginning of a buffer with the next bytes. Called on the event loop's thread, in order, never twice at
    /// once, and not any more after the last byte; what the stream holds is given back with the stream itself.
    ///
    /// - Returns: how many, at least one; nil when the bytes cannot be had. The connection is then cut off, so that the
    ///   client sees a body that is too short and not wrong bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int?
}

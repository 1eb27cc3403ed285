/// A body of known length whose bytes are produced piece by piece.
package protocol HTTPBodyStream: AnyObject, Sendable {
    /// Fills the beginning of a buffer with the next bytes. Called on the event-loop thread, in order, never
    /// concurrently, and not again after the last byte; the stream's resources are released with the stream itself.
    ///
    /// - Returns: the number of bytes, at least one; nil if the bytes cannot be produced. The connection is then cut
    ///   off, so that the client sees a truncated body instead of wrong bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int?
}

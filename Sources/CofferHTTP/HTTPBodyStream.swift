package import CofferSystem

/// A body of known length whose bytes are produced piece by piece.
///
/// ``read(into:)`` and ``advance()`` are called in order, never concurrently, and not again after the last byte; the
/// stream's resources are released with the stream itself. If the bytes cannot be produced, the connection is cut off,
/// so that the client sees a truncated body instead of wrong bytes.
package protocol HTTPBodyStream: AnyObject, Sendable {
    /// Fills the beginning of a buffer with the next bytes. Called on the event-loop thread.
    ///
    /// - Returns: the number of bytes; 0 if ``advance()`` must be called first; nil if the bytes cannot be produced.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int?
    /// Makes more bytes available. May wait.
    ///
    /// - Returns: false if there are none.
    func advance() async -> Bool
    /// The complete body, if the system can send it from memory without waiting for the disk; nil otherwise. Used
    /// instead of the calls above where the connection is not encrypted: only the system may read these bytes.
    var mapped: [MappedBytes]? { get }
}

extension HTTPBodyStream {
    package var mapped: [MappedBytes]? { nil }
}

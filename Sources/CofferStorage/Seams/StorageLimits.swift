/// The limits of the store.
package enum StorageLimits {
    /// Bodies up to this size are stored in the catalog. Measured with 32 KiB bodies and 64 clients: 3.9 times as many
    /// durable PUTs as into files, and GETs cost the same; from 64 KiB on, a GET from the catalog costs more.
    package static let inlineByteCount = 32 << 10

    /// The free space below which no bodies are accepted, unless the disk is small: more than the catalog's log can
    /// grow to before it is moved.
    package static let reserveByteCount: Int64 = 96 << 20

    /// The maximum number of segments of which an object is read into memory at once.
    static let segmentsAtOnce = 16
}

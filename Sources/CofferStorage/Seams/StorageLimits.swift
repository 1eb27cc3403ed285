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

    /// How many files of segments are kept open for the next reads, with a limit of open files for the process.
    package static func openSegments(descriptors: Int) -> Int { min(64, descriptors / 8) }

    /// How long a segment stays open after its last use.
    static let openSegmentSeconds = 15

    /// The longest body, and the longest segment, that is sent from a mapping. Checking that longer ones are in memory
    /// would hold up an event loop, and so would sending them at once.
    static let mappedSegmentByteCount: Int64 = 64 << 20

    /// The shortest body that is sent from a mapping; shorter ones are cheap to copy.
    static let leastMappedByteCount: Int64 = 32 << 10

    /// The bytes of files that are mapped at once.
    static let mappedByteCount = 256 << 20

    /// The maximum number of segments that one body is sent from.
    static let mappedSegments = 32

    /// How many bytes are read at once where the disk has to be waited for.
    static let fetchedByteCount = 128 << 10

    /// How far the system reads ahead then.
    static let prefetchedByteCount: Int64 = 2 << 20

    /// How many segments are remembered as verified, and for how long. Half of both may be lost earlier.
    static let verifiedSegments = 4096
    static let verifiedSeconds: Int64 = 600
}

import CofferCrypto
import CofferHTTP
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// Computes the additional checksum of a body and compares it with the one that the client sent in a header or in the
/// trailer.
///
/// Source: S3 User Guide, "Checking object integrity in Amazon S3".
struct ChecksumSink: ~Copyable {
    let algorithm: ChecksumAlgorithm
    /// From a header; nil if it comes in the trailer, or if only the server computes one.
    private let expected: String?
    private let isInTrailer: Bool
    private var running: RunningChecksum

    /// - Parameter instead: the algorithm to use if the client gives no checksum.
    init?(_ request: S3Request, instead: ChecksumAlgorithm?) throws(S3Error) {
        let declared = try Self.declared(request)
        guard let algorithm = declared?.algorithm ?? instead else { return nil }
        self.algorithm = algorithm
        expected = declared?.value
        isInTrailer = declared?.isInTrailer ?? false
        running = RunningChecksum(algorithm)
    }

    mutating func update(_ bytes: Span<UInt8>) {
        running.update(bytes)
    }

    /// - Throws: `BadDigest` if it differs from the client's, `InvalidRequest` if the client's is malformed,
    ///   `MalformedTrailerError` if it is missing from the trailer.
    consuming func finish(trailer: [(name: String, value: String)]) throws(S3Error) -> Checksum {
        let name = algorithm.header
        let expected = isInTrailer ? trailer.first { $0.name == name }?.value : expected
        if isInTrailer {
            guard let expected else { throw S3Error(.malformedTrailer) }
            try Self.check(expected, of: algorithm)
        }
        let computed = base64(running.finalize())
        guard expected == nil || expected == computed else {
            throw S3Error(
                .badDigest, "The \(algorithm.rawValue) you specified did not match the calculated checksum.")
        }
        return Checksum(algorithm: algorithm, value: computed)
    }

    /// The algorithm of the checksum that the client gives, if it gives one.
    static func algorithm(of request: S3Request) throws(S3Error) -> ChecksumAlgorithm? {
        try declared(request)?.algorithm
    }

    /// The checksums in the request's headers, with their values unvalidated.
    ///
    /// - Throws: `InvalidRequest` for an algorithm that S3 does not know.
    static func given(in request: S3Request) throws(S3Error) -> [Checksum] {
        var given: [Checksum] = []
        for field in request.headers.fields
        where field.name.hasASCIIPrefix("x-amz-checksum-") && !settings.contains(field.name) {
            given.append(Checksum(algorithm: try algorithm(header: field.name), value: field.value))
        }
        return given
    }

    private static let settings = ["x-amz-checksum-mode", "x-amz-checksum-type", "x-amz-checksum-algorithm"]

    // MARK: The client's declaration

    private typealias Declared = (algorithm: ChecksumAlgorithm, value: String?, isInTrailer: Bool)

    private static func declared(_ request: S3Request) throws(S3Error) -> Declared? {
        var found: [Declared] = []
        for checksum in try given(in: request) {
            try check(checksum.value, of: checksum.algorithm)
            found.append((checksum.algorithm, checksum.value, false))
        }
        for name in try AnnouncedTrailer(request).names { found.append((try algorithm(header: name), nil, true)) }
        guard found.count <= 1 else {
            throw S3Error(
                .invalidRequest,
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
        }
        return found.first
    }

    private static func algorithm(header: String) throws(S3Error) -> ChecksumAlgorithm {
        guard let algorithm = ChecksumAlgorithm.allCases.first(where: { $0.header == header }) else {
            throw S3Error(
                .invalidRequest, "The algorithm type you specified in x-amz-checksum- header is invalid.")
        }
        return algorithm
    }

    private static func check(_ value: String, of algorithm: ChecksumAlgorithm) throws(S3Error) {
        guard bytes(base64: value)?.count == algorithm.byteCount else {
            throw S3Error(.invalidRequest, "Value for \(algorithm.header) header is invalid.")
        }
    }

    /// Checks `x-amz-sdk-checksum-algorithm`, which repeats the algorithm's name. For MD5, SDKs send `Content-MD5` or a
    /// CRC32.
    ///
    /// - Throws: `InvalidRequest` for a name that is not an algorithm, or that comes without a checksum; `BadDigest` if
    ///   it differs from the checksum's algorithm and `mustMatch` is set.
    static func checkName(_ request: S3Request, mustMatch: Bool) throws(S3Error) {
        guard let name = request.headers["x-amz-sdk-checksum-algorithm"] else { return }
        let named = try ChecksumAlgorithm(named: name)
        if named == .md5, request.headers["content-md5"] != nil { return }
        guard let algorithm = try declared(request)?.algorithm else {
            throw S3Error(
                .invalidRequest,
                "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer "
                    + "headers were found.")
        }
        guard mustMatch, named != algorithm, (named, algorithm) != (.md5, .crc32) else { return }
        throw S3Error(.badDigest, "The \(named.rawValue) you specified did not match the calculated checksum.")
    }
}

/// A checksum that only the server computes, with nothing to compare it with.
struct AdditionalChecksum: ~Copyable {
    private let algorithm: ChecksumAlgorithm
    private var running: RunningChecksum

    init(_ algorithm: ChecksumAlgorithm) {
        self.algorithm = algorithm
        running = RunningChecksum(algorithm)
    }

    mutating func update(_ bytes: Span<UInt8>) { running.update(bytes) }

    consuming func finalize() -> Checksum {
        let algorithm = algorithm
        return Checksum(algorithm: algorithm, value: base64(running.finalize()))
    }
}

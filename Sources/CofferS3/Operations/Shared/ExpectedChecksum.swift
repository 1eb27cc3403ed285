import CofferCrypto
import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// The object's checksum that CompleteMultipartUpload specifies, for the server to compare.
struct ExpectedChecksum: Sendable {
    private let checksum: Checksum?
    private let type: ChecksumType?

    init(_ request: S3Request) throws(S3Error) {
        let given = try ChecksumSink.given(in: request)
        for checksum in given where !Self.isValue(checksum.value, of: checksum.algorithm) {
            throw S3Error(.invalidRequest, "Value for \(checksum.algorithm.header) header is invalid.")
        }
        guard given.count <= 1 else {
            throw S3Error(
                .invalidRequest,
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
        }
        checksum = given.first
        type = try request.headers[ChecksumType.header].map { text throws(S3Error) in
            try ChecksumType(header: text)
        }
    }

    /// Returns whether the text is a checksum value. A composite value may be followed by the number of parts.
    private static func isValue(_ text: String, of algorithm: ChecksumAlgorithm) -> Bool {
        let parts = text.split(at: "-", maxSplits: 1, keepingEmpty: true)
        let hasNumber = parts.count < 2 || Int(parts[1]) != nil
        return hasNumber && bytes(base64: String(parts[0]))?.count == algorithm.byteCount
    }

    /// - Throws: `InvalidRequest` if it is of a type other than the one the upload was begun with, or the upload was
    ///   begun without one.
    func check(_ upload: Upload) throws(S3Error) {
        guard let type, type != upload.checksum?.type else { return }
        throw S3Error(
            .invalidRequest,
            "The upload was created using the \(upload.checksum?.type.rawValue ?? "null") checksum mode. The complete "
                + "request must use the same checksum mode.")
    }

    /// - Parameter computed: the computed checksum; nil if the parts have none.
    /// - Throws: `BadDigest` if the checksums differ, also in their algorithms, because the expected one is then not
    ///   verified.
    func check(_ computed: StoredChecksum?) throws(S3Error) {
        guard let checksum else { return }
        // A composite value may omit the number of parts.
        let isSame = checksum.value == computed?.value || computed?.value.hasPrefix("\(checksum.value)-") == true
        guard checksum.algorithm == computed?.algorithm, isSame else {
            throw S3Error(
                .badDigest,
                "The \(checksum.algorithm.rawValue.lowercased()) you specified did not match the calculated checksum.")
        }
    }
}

import CofferCrypto
package import CofferModel

/// A multipart upload as the catalog knows it.
package struct Upload: Sendable {
    let id: Int64
    /// The upload id that clients see.
    package let uploadID: String
    package let key: ObjectKey
    package let initiated: Timestamp
    package let owner: String
    /// The ARN of who began it.
    package let initiator: String
    package let attributes: ObjectAttributes
    package let encryption: Encryption?
    package let checksum: UploadChecksum?
    /// nil while it is under way, and where it was aborted.
    package let completed: CompletedUpload?
    /// When it was completed or aborted; nil while it is under way.
    package let ended: Timestamp?
}

extension Upload {
    /// The version that its object will be; nil where the bucket's objects get no ids of their own. It follows from the
    /// upload, which has its place among the versions from its beginning.
    package func version(in bucket: Bucket) -> VersionID? {
        bucket.versioning == .enabled ? objectVersion : nil
    }

    /// Who reads the object learns its version's id, and must not learn that of the upload from it.
    var objectVersion: VersionID {
        VersionID(sequence: id, secret: Array(Digest.of(Array(uploadID.utf8), .sha256).prefix(16)))
    }
}

extension Upload {
    /// An upload id: in the order of time, and not to be guessed.
    static func uploadID(_ id: Int64) -> String {
        let numbers = [UInt64(id), UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max)]
        return numbers.map { number in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    /// - Returns: nil for text that is no upload id.
    static func id(of uploadID: String) -> Int64? {
        guard uploadID.utf8.count == 48 else { return nil }
        return Int64(uploadID.prefix(16), radix: 16)
    }

    /// Whether an upload could have such an id.
    package static func isID(_ text: String) -> Bool { id(of: text) != nil }
}

/// The checksums that an upload's parts and its object have.
package struct UploadChecksum: Sendable, Equatable {
    package let algorithm: ChecksumAlgorithm
    package let type: ChecksumType

    package init(algorithm: ChecksumAlgorithm, type: ChecksumType) {
        self.algorithm = algorithm
        self.type = type
    }

    static func text(_ checksum: UploadChecksum?) -> String {
        checksum.map { "\($0.algorithm.rawValue)/\($0.type.rawValue)" } ?? ""
    }

    init?(text: String) {
        let parts = text.split(at: "/")
        guard parts.count == 2, let algorithm = ChecksumAlgorithm(rawValue: String(parts[0])),
            let type = ChecksumType(rawValue: String(parts[1]))
        else { return nil }
        self.init(algorithm: algorithm, type: type)
    }
}

/// What an upload became.
package struct CompletedUpload: Sendable {
    package let version: VersionID
    package let etag: ETag
}

/// An upload that is to be begun.
package struct NewUpload: Sendable {
    package let key: ObjectKey
    package let owner: String
    package let initiator: String
    package let attributes: ObjectAttributes
    package let encryption: Encryption?
    package let checksum: UploadChecksum?

    package init(
        key: ObjectKey, owner: String, initiator: String, attributes: ObjectAttributes, encryption: Encryption?,
        checksum: UploadChecksum?
    ) {
        self.key = key
        self.owner = owner
        self.initiator = initiator
        self.attributes = attributes
        self.encryption = encryption
        self.checksum = checksum
    }
}

/// A part that was uploaded.
package struct UploadedPart: Sendable {
    package let number: Int
    package let modified: Timestamp
    package let size: Int64
    package let etag: ETag
    /// Base64, of the upload's algorithm.
    package let checksum: String?
    let extents: [Extent]
}

/// What completing an upload makes of its parts: decided on them as they are in the transaction.
package struct UploadCompletion: Sendable {
    /// The numbers of the parts that the object consists of, ascending.
    package let parts: [Int]
    package let etag: ETag
    package let attributes: ObjectAttributes

    package init(parts: [Int], etag: ETag, attributes: ObjectAttributes) {
        self.parts = parts
        self.etag = etag
        self.attributes = attributes
    }
}

/// What to list of a bucket's uploads.
package struct UploadQuery: Sendable {
    package var prefix: [UInt8]
    package var delimiter: [UInt8]
    package var afterKey: [UInt8]
    /// Of the key `afterKey` only uploads behind this one; empty for none of them.
    package var afterUpload: String
    package var limit: Int

    package init(prefix: [UInt8], delimiter: [UInt8], afterKey: [UInt8], afterUpload: String, limit: Int) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.afterKey = afterKey
        self.afterUpload = afterUpload
        self.limit = limit
    }
}

import CofferCrypto
package import CofferModel

/// A multipart upload as recorded in the catalog.
package struct Upload: Sendable, Identifiable {
    /// Its position in the order of writes.
    package let id: Int64
    /// The upload id that clients see.
    package let uploadID: String
    /// The id of the bucket.
    let bucket: Int64
    package let key: ObjectKey
    package let initiated: Timestamp
    package let owner: String
    /// The ARN of the principal that began it.
    package let initiator: String
    package internal(set) var attributes: StoredAttributes
    package internal(set) var encryption: Encryption?
    package let checksum: UploadChecksum?
    /// Whether the key was written or deleted since it began.
    var isOvertaken = false
    /// nil while it is in progress, or if it was aborted.
    package internal(set) var completed: CompletedUpload?
    /// When it was completed or aborted; nil while it is in progress.
    package internal(set) var ended: Timestamp?
}

extension Upload {
    /// Returns the version that its object will have; nil if the bucket's objects get no version ids of their own. It
    /// is derived from the upload, whose position among the versions is that of its start.
    package func version(in bucket: Bucket) -> VersionID? {
        bucket.versioning == .enabled ? objectVersion : nil
    }

    /// Returns the upload as it is after it was completed.
    func completed(as record: ObjectRecord, at time: Timestamp) -> Upload {
        var upload = self
        upload.attributes = StoredAttributes(fields: record.attributes.fields)
        upload.completed = CompletedUpload(version: record.version, etag: record.etag)
        upload.ended = time
        return upload
    }

    /// The object's version id, which must not reveal the upload id to those who can read the object.
    var objectVersion: VersionID {
        VersionID(sequence: id, secret: Array(Digest.of(Array(uploadID.utf8), .sha256).prefix(16)))
    }
}

extension Upload {
    /// Returns an upload id, which sorts by time and cannot be guessed.
    static func uploadID(_ id: Int64) -> String {
        let numbers = [UInt64(id), UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max)]
        return numbers.map { number in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    /// - Returns: nil for text that is not an upload id.
    static func id(of uploadID: String) -> Int64? {
        guard uploadID.utf8.count == 48 else { return nil }
        return Int64(uploadID.prefix(16), radix: 16)
    }

    /// Returns whether text has the form of an upload id.
    package static func isID(_ text: String) -> Bool { id(of: text) != nil }
}

/// The checksums of an upload's parts and of its object.
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

/// The object that an upload became.
package struct CompletedUpload: Sendable {
    package let version: VersionID
    package let etag: ETag
}

/// An upload to begin.
package struct NewUpload: Sendable {
    package let key: ObjectKey
    package let owner: String
    package let initiator: String
    package let attributes: StoredAttributes
    package let encryption: Encryption?
    package let checksum: UploadChecksum?

    package init(
        key: ObjectKey, owner: String, initiator: String, attributes: StoredAttributes, encryption: Encryption?,
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

/// An uploaded part as recorded in the catalog.
package struct PartRecord: Sendable {
    package let number: Int
    package let modified: Timestamp
    package let size: Int64
    package let etag: ETag
    /// Base64, of the upload's checksum algorithm.
    package let checksum: String?
    let extents: [Extent]
}

/// The object that completing an upload makes of its parts: decided on the parts as they are in the transaction.
package struct UploadCompletion: Sendable {
    /// The numbers of the parts that the object consists of, ascending.
    package let parts: [Int]
    package let etag: ETag
    package let attributes: StoredAttributes

    package init(parts: [Int], etag: ETag, attributes: StoredAttributes) {
        self.parts = parts
        self.etag = etag
        self.attributes = attributes
    }
}

/// The parameters of a listing of a bucket's uploads.
package struct UploadQuery: Sendable {
    package var prefix: [UInt8]
    package var delimiter: [UInt8]
    package var afterKey: [UInt8]
    /// Only uploads of the key `afterKey` after this one are listed; empty for no uploads of that key.
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

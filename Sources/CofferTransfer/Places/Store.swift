package import CofferClient
package import CofferModel

/// A bucket and the service that hosts it.
package struct Store: Sendable {
    package let client: S3Client
    package let bucket: BucketName
    /// The name that the user has given the service and the keys to it; nil for the default service.
    private let alias: String?

    package init(_ client: S3Client, _ bucket: BucketName, alias: String? = nil) {
        self.client = client
        self.bucket = bucket
        self.alias = alias
    }

    /// Returns the URL of an object or prefix in this bucket: `s3://alias@bucket/key`.
    package func url(_ key: [UInt8]) -> String {
        "s3://\(alias.map { "\($0)@" } ?? "")\(bucket)/\(String(decoding: key, as: UTF8.self))"
    }

    /// Returns why nothing was found in a folder, as far as one request can tell.
    package func emptiness(of prefix: [UInt8]) async throws -> String {
        do {
            _ = try await client.headObject(bucket: bucket, key: try ObjectKey(prefix.dropLast()))
            return "\(url(prefix.dropLast())) is an object, not a folder"
        } catch is S3Error {
            // No object has the folder's name either.
            return "there is nothing in \(url(prefix))"
        }
    }

    /// Returns whether both are on the same service, with the same keys, so that it can copy from one to the other by
    /// itself.
    package func isSameService(as other: Store) -> Bool {
        alias == other.alias && client.endpoint == other.client.endpoint
    }
}

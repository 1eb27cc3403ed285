package import CofferModel

/// An event that a change writes in its own transaction, to be delivered afterwards: it is neither lost nor delivered
/// for a change that never took effect.
package struct StoreEvent: Sendable, Equatable {
    /// The name of the event, such as `s3:ObjectCreated:Put`.
    package let kind: String
    /// The id of the bucket.
    package let bucket: Int64
    package let key: ObjectKey?
    /// What the consumer needs besides, in a form that the kind determines.
    package let document: [UInt8]

    package init(kind: String, bucket: Bucket, key: ObjectKey?, document: [UInt8] = []) {
        self.init(kind: kind, bucketID: bucket.id, key: key, document: document)
    }

    init(kind: String, bucketID: Int64, key: ObjectKey?, document: [UInt8]) {
        self.kind = kind
        bucket = bucketID
        self.key = key
        self.document = document
    }
}

/// An event in the outbox.
package struct StoredEvent: Sendable, Equatable {
    /// Its position in the order of writes.
    package let sequence: Int64
    package let time: Timestamp
    package let event: StoreEvent
}

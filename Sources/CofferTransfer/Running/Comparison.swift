import CofferClient
import CofferModel

/// The way a sync decides whether a source and a target have the same bytes.
package enum Comparison: Sendable {
    /// By size, then by MD5s or checksums, and by time where there are none.
    case content
    case size
    /// By size and the checksums that the objects were stored with, never by time.
    case checksum

    package func isSame(_ source: FolderEntry.Content, _ target: FolderEntry.Content) async throws -> Bool {
        guard source.byteCount == target.byteCount else { return false }
        guard self != .size else { return true }
        switch (source.place, target.place) {
        case (.object(let store, let key), .object(let otherStore, let otherKey)):
            if let isSame = Self.sameTags(source.eTag, target.eTag) { return isSame }
            guard self == .checksum else { break }
            let info = try await store.client.headObject(bucket: store.bucket, key: key)
            let other = try await otherStore.client.headObject(bucket: otherStore.bucket, key: otherKey)
            return info.checksumType == other.checksumType && info.checksums.contains { other.checksums.contains($0) }
        case (.file(let path), .object(let store, let key)), (.object(let store, let key), .file(let path)):
            let md5Tag = (source.eTag ?? target.eTag).flatMap { $0.isMD5 ? $0 : nil }
            // The ETag needs no request, but says nothing about the bytes of an object encrypted with a KMS key.
            if self == .content, let md5Tag { return try await md5(ofFile: path) == md5Tag.value }
            if let isSame = try await store.client.hasContent(of: path, bucket: store.bucket, key: key) {
                return isSame
            }
            if let md5Tag { return try await md5(ofFile: path) == md5Tag.value }
            if self == .checksum { return false }
        default: break
        }
        return source.modified <= target.modified
    }

    /// Returns whether ETags show the bytes to be the same; nil if they do not tell. Equal ETags mean equal bytes, but
    /// different ETags mean different bytes only if both are MD5s.
    private static func sameTags(_ tag: ETag?, _ other: ETag?) -> Bool? {
        guard let tag, let other else { return nil }
        if tag == other { return true }
        return tag.isMD5 && other.isMD5 ? false : nil
    }
}

extension ETag {
    /// Whether it has the form of an MD5, which is the ETag of objects written in one piece and without a KMS key.
    fileprivate var isMD5: Bool {
        value.utf8.count == 32 && value.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

package import CofferModel

/// What is copied from or to: an object, a file, or a standard stream.
package enum Place: Sendable, CustomStringConvertible {
    case object(Store, ObjectKey)
    case file(String)
    case stream

    package var description: String {
        switch self {
        case .object(let store, let key): store.url(key.bytes)
        case .file(let path): path
        case .stream: "-"
        }
    }

    var isObject: Bool { if case .object = self { true } else { false } }
}

/// A directory, or the objects below a prefix.
package enum Folder: Sendable, CustomStringConvertible {
    case remote(Store, prefix: [UInt8])
    case local(LocalFolder)

    /// Returns why a folder in which nothing was found does not exist; nil if it can be empty. Buckets and directories
    /// can be; a folder in a bucket exists only through its objects.
    package func absence() async throws -> String? {
        guard case .remote(let store, let prefix) = self, !prefix.isEmpty else { return nil }
        return try await store.emptiness(of: prefix)
    }

    package var isLocal: Bool { if case .local = self { true } else { false } }

    /// Returns the place of an entry with a relative name.
    ///
    /// - Throws: ``TransferError`` for a name that no file below a directory can have, `KeyTooLongError`.
    package func place(_ name: [UInt8]) throws -> Place {
        switch self {
        case .remote(let store, let prefix): .object(store, try ObjectKey(prefix + name))
        case .local(let folder): .file(try folder.path(of: name))
        }
    }

    package var description: String {
        switch self {
        case .remote(let store, let prefix): store.url(prefix)
        case .local(let folder): folder.path
        }
    }
}

package let slash = UInt8(ascii: "/")

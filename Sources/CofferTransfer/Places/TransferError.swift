package import CofferModel

/// Why a transfer or a plan cannot go on.
package enum TransferError: Error, Sendable, CustomStringConvertible {
    /// A key that no file can have as its name, and why.
    case impossibleName(String)
    /// A directory that is a symbolic link to one outside the folder.
    case leadsOut(link: String, folder: String)
    /// A service that lists objects in another order than that of their keys.
    case unordered(String)
    /// The source of a move that changed after it was read.
    case changed(String)
    /// The source of a move that has no ETag.
    case unidentifiable(String)
    /// The source of a move that the service did not delete.
    case notDeleted(String, S3Error)
    /// A source without entries, which would make a sync delete everything in its target.
    case emptySource(target: String)

    package var description: String {
        switch self {
        case .impossibleName(let reason): reason
        case .leadsOut(let link, let folder): "\(link) is a symbolic link that leads out of \(folder)"
        case .unordered(let bucket): "\(bucket) does not list its objects in the order of their keys"
        case .changed(let url): "\(url) changed while it was copied, and is not deleted"
        case .unidentifiable(let url): "\(url) is copied, and not deleted: it has no ETag to recognize it by"
        case .notDeleted(let url, let error) where lacksConditions:
            "\(url) is copied, and not deleted: the service has no conditional deletes (\(error))"
        case .notDeleted(let url, let error): "\(url) is copied, and not deleted: \(error)"
        case .emptySource(let target): "the source is empty, so that everything in \(target) would be deleted"
        }
    }

    /// Whether the service did not delete a source because it cannot delete on a condition.
    package var lacksConditions: Bool {
        if case .notDeleted(_, let error) = self { error.code.status == 501 } else { false }
    }
}

/// Why a file cannot be read.
public enum SourceError: Error, Equatable, CustomStringConvertible {
    /// There is no such file.
    case missing
    /// A directory, a device, or something else without content.
    case notAFile
    /// A symbolic link, or a path through one.
    case link
    /// The caller may not read it.
    case refused(String)
    /// It is packed and cannot be unpacked.
    case damaged(String)
    /// It is something other than a table in the format that the descriptor states.
    case otherKind(String)
    /// It is a table of an unsupported kind or size.
    case unread(String)
    /// It cannot be read for another reason, such as a server that does not respond; it may be readable later.
    case failed(String)

    /// Completes the sentence "the file …", without a full stop.
    public var description: String { reason }

    /// The rule that the error violates.
    var rule: Rule {
        switch self {
        case .missing, .notAFile, .refused, .failed: .resourceMissing
        case .link: .resourcePathLink
        case .damaged: .compression
        case .otherKind: .fileKind
        case .unread: .resourceUnread
        }
    }

    /// Whether the file itself could be read, but its content is unusable.
    var isOfContent: Bool {
        switch self {
        case .damaged, .otherKind, .unread: true
        case .missing, .notAFile, .link, .refused, .failed: false
        }
    }

    /// Completes the sentence "the file …".
    var reason: String {
        switch self {
        case .missing: "does not exist"
        case .notAFile: "is not a regular file"
        case .link: "is a symbolic link or behind one: symbolic links are not followed"
        case .refused(let reason): "cannot be read: \(reason)"
        case .damaged(let reason): "cannot be unpacked: \(reason)"
        case .otherKind(let reason): "is \(reason)"
        case .unread(let reason): "is not supported: \(reason)"
        case .failed(let reason): "cannot be read: \(reason)"
        }
    }
}

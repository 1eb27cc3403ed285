/// The location of a resource's file: in the package, or at a URL.
enum FilePlace: Sendable, Hashable, CustomStringConvertible {
    case path(PackagePath)
    case url(String)

    var description: String {
        switch self {
        case .path(let path): path.description
        case .url(let url): url
        }
    }

    /// The last component of the name, without a query.
    var fileName: String {
        let text = description.prefix { $0 != "?" && $0 != "#" }
        return text.split(separator: "/").last.map(String.init) ?? ""
    }
}

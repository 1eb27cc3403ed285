/// Why a package cannot be published.
public enum PublicationError: Error, CustomStringConvertible {
    /// The package has errors, which are in the report.
    case invalid(Report)
    /// A file of the package cannot be read, or changed after validation.
    case source(PackagePath, SourceError)
    /// Another package exists at the location; the name is nil if it has none or cannot be read.
    case occupied(location: String, name: String?)
    /// The error of S3, or why there was no response.
    case service(String)

    /// The reason, in one sentence without a full stop.
    public var description: String {
        switch self {
        case .invalid(let report): "\(report.location) has \(Report.count(report.errorCount, "error"))"
        case .source(let path, let error): "the file \(path) \(error.reason)"
        case .occupied(let location, let name):
            "\(location) already contains \(name.map { "the package \(quoted($0))" } ?? "another package"): use another "
                + "prefix, or replace it with --replace"
        case .service(let reason): reason
        }
    }
}

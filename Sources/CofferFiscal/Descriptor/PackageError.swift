/// Why a package cannot be read, updated or derived.
public enum PackageError: Error, CustomStringConvertible {
    /// The package has errors, which are in the report.
    case invalid(Report)
    /// The source of the package cannot be reached, or a file in it cannot be read.
    case source(SourceError)
    /// The descriptor is in a format that cannot be written, as the text says.
    case unsupported(String)
    /// A file of a resource cannot be reached.
    case file(String, resource: String, SourceError)
    /// SQLite cannot represent the resource as a table; `field` is nil if the problem is not about a field.
    case table(resource: String, field: String?, reason: String)
    /// The file is not a derived database, or SQLite reports an error.
    case database(String)

    /// The reason, in one sentence without a full stop.
    public var description: String {
        switch self {
        case .invalid(let report): "\(report.location) has \(Report.count(report.errorCount, "error"))"
        case .source(let error): "the package \(error.reason)"
        case .unsupported(let reason), .database(let reason): reason
        case .file(let file, let resource, let error):
            "the file \(file) of the resource \(quoted(resource)) \(error.reason)"
        case .table(let resource, let field, let reason):
            "the resource \(quoted(resource))\(field.map { ", field \(quoted($0))" } ?? ""): \(reason)"
        }
    }
}

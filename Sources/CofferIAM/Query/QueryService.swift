import CofferCrypto
import CofferHTTP
package import CofferModel
import CofferSigning

/// A service of AWS's query protocol. These services share the port with S3: their requests go to `/` and name their
/// operation in the parameter `Action`, in the body or the query.
package enum QueryService: String, Sendable {
    case iam
    case sts

    /// The version of the API.
    var version: String {
        switch self {
        case .iam: "2010-05-08"
        case .sts: "2011-06-15"
        }
    }

    /// The namespace of response documents.
    var namespace: String { "https://\(rawValue).amazonaws.com/doc/\(version)/" }
}

/// An operation of a query service.
package struct QueryOperation: Sendable {
    /// The operation's name in the API Reference; prefixed with the service, it is the action that the caller needs.
    let name: String
    /// The ARN of the operation's resource; nil if any signed caller may request it, or if the operation checks the
    /// permission itself.
    let resource: @Sendable (QueryRequest) throws(S3Error) -> String?
    let perform: @Sendable (AuthorizedQuery) async throws(S3Error) -> QueryAnswer

    package init(
        _ name: String, on resource: @escaping @Sendable (QueryRequest) throws(S3Error) -> String?,
        _ perform: @escaping @Sendable (AuthorizedQuery) async throws(S3Error) -> QueryAnswer
    ) {
        self.name = name
        self.resource = resource
        self.perform = perform
    }
}

/// The result of an operation: its content, or nothing.
package struct QueryAnswer: Sendable {
    let result: (@Sendable (inout XMLWriter) -> Void)?

    package init(_ result: @escaping @Sendable (inout XMLWriter) -> Void) { self.result = result }
    private init() { result = nil }

    static let nothing = QueryAnswer()
}

import CofferIAM
import CofferModel
import CofferService

/// The `response-…` parameters of a read, which replace stored header fields. Only signed requests may have them.
struct ResponseOverrides: Sendable {
    private let values: [(name: String, value: String)]

    init(_ request: S3Request) throws(S3Error) {
        let prefix = "response-"
        guard request.query.parameters.contains(where: { $0.name.hasPrefix(prefix) }) else {
            values = []
            return
        }
        let names = [
            "content-type", "content-language", "expires", "cache-control", "content-disposition", "content-encoding",
        ]
        for (name, value) in request.query.parameters
        where name.hasPrefix(prefix) && !names.contains(String(name.dropFirst(prefix.utf8.count))) {
            throw .invalidArgument(
                "\(name) is not in the set of overridable response headers. Please refer to the S3 API documentation for a "
                    + "complete list of overridable response headers.", name: name, value: value)
        }
        var values: [(name: String, value: String)] = []
        for name in names {
            guard let value = request.query["response-\(name)"] else { continue }
            guard value.unicodeScalars.allSatisfy({ (32..<256).contains($0.value) && $0.value != 127 }) else {
                throw .invalidArgument(
                    "Header value cannot be represented using ISO-8859-1.", name: "response-\(name)", value: value)
            }
            values.append((name, value))
        }
        self.values = values
    }

    var names: [String] { values.map(\.name) }
    var fields: [(name: String, value: String)] { values.map { (ObjectHeaders.answered($0.name), $0.value) } }

    func check(_ access: Access) throws(S3Error) {
        guard values.isEmpty || !access.isAnonymous else {
            throw S3Error(
                .invalidRequest, "Request specific response headers cannot be used for anonymous GET requests.")
        }
    }
}

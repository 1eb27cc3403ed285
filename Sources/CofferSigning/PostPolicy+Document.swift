import CofferCrypto
package import CofferModel

/// The JSON of a POST policy, read and written.
extension PostPolicy {
    /// The document, in UTF-8.
    package var document: [UInt8] {
        let conditions = conditions.map(\.description).joined(separator: ", ")
        return Array("{\"expiration\": \"\(expiration.iso8601)\", \"conditions\": [\(conditions)]}".utf8)
    }

    /// Reads a form's `policy`: the document in Base64.
    ///
    /// S3's own pages show policies with trailing commas and single quotes, which are not JSON.
    ///
    /// - Throws: `InvalidPolicyDocument` with the reason, in AWS's words where they are known.
    package init(base64 text: String) throws(S3Error) {
        let members = try Self.members(base64: text)
        if let name = members.firstName(besides: ["expiration", "conditions"]) {
            throw Self.invalid("Unexpected: '\(name)'.")
        }
        guard let expiration = members["expiration"] else { throw Self.invalid("Policy missing expiration.") }
        guard let items = members["conditions"]?.array else { throw Self.invalid("Policy missing conditions.") }
        var conditions: [Condition] = []
        for item in items { conditions.append(try Condition(item)) }
        self.init(expiration: try Self.time(expiration), conditions: conditions)
    }

    private static func members(base64 text: String) throws(S3Error) -> JSONObject {
        guard let document = bytes(base64: text) else { throw invalid("Invalid JSON.") }
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(document: document, dialect: .postPolicy)
        } catch {
            throw invalid("Invalid JSON.", details: [("Detail", "\(error)")])
        }
        guard let object = value.object else { throw invalid("Invalid JSON.") }
        return object
    }

    private static func time(_ value: JSONValue) throws(S3Error) -> Timestamp {
        guard let text = value.string, text.utf8.last == UInt8(ascii: "Z"), let time = Timestamp(parsing: text) else {
            throw invalid("Invalid 'expiration' value: '\(value.string ?? "")'")
        }
        return time
    }

    fileprivate static func invalid(_ reason: String, details: [S3Error.Detail] = []) -> S3Error {
        S3Error(.invalidPolicyDocument, "Invalid Policy: \(reason)", details: details)
    }
}

extension PostPolicy.Condition {
    /// Reads `{"acl": "private"}`, `["eq", "$acl", "private"]`, `["starts-with", "$key", "user/"]` or
    /// `["content-length-range", 1, 1024]`.
    fileprivate init(_ value: JSONValue) throws(S3Error) {
        switch value.content {
        case .object(let members): self = try Self.simple(members)
        case .array(let items): self = try Self.list(items)
        default: throw PostPolicy.invalid("Invalid Condition: must be an object or a list.")
        }
    }

    private static func simple(_ object: JSONObject) throws(S3Error) -> Self {
        guard object.members.count == 1, let member = object.members.first else {
            throw PostPolicy.invalid(
                "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
        }
        guard let value = member.value.string else {
            throw PostPolicy.invalid("Invalid Simple-Condition: value must be a string.")
        }
        return .equal(field: member.name, value: value)
    }

    private static func list(_ items: [JSONValue]) throws(S3Error) -> Self {
        guard items.count == 3, let name = items[0].string else {
            throw PostPolicy.invalid("Invalid Condition: must have an operator and two values.")
        }
        switch name {
        case "eq": return .equal(field: try field(items[1]), value: try text(items[2]))
        case "starts-with": return .prefix(field: try field(items[1]), prefix: try text(items[2]))
        case "content-length-range":
            return .length(PostPolicy.LengthRange(minimum: try length(items[1]), maximum: try length(items[2])))
        default: throw PostPolicy.invalid("Invalid Condition: unknown operator '\(name)'.")
        }
    }

    private static func field(_ value: JSONValue) throws(S3Error) -> String {
        let name = try text(value)
        guard name.utf8.first == UInt8(ascii: "$") else {
            throw PostPolicy.invalid("Invalid Condition: '\(name)' must begin with '$'.")
        }
        return String(Substring(name.utf8.dropFirst()))
    }

    private static func text(_ value: JSONValue) throws(S3Error) -> String {
        guard let text = value.string else { throw PostPolicy.invalid("Invalid Condition: value must be a string.") }
        return text
    }

    /// A number, which may stand in quotes.
    private static func length(_ value: JSONValue) throws(S3Error) -> Int64 {
        let number: Int64? =
            switch value.content {
            case .number(let number): number.integer(Int64.self)
            case .string(let text): Int64(text)
            default: nil
            }
        guard let number, number >= 0 else {
            throw PostPolicy.invalid("Invalid content-length-range: bounds must be whole numbers.")
        }
        return number
    }
}

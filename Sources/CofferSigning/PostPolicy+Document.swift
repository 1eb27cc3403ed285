import CofferCrypto
package import CofferModel

/// Reading and writing the JSON of a POST policy.
extension PostPolicy {
    /// The document, in UTF-8.
    package var document: [UInt8] {
        let conditions = conditions.map(\.description).joined(separator: ", ")
        return Array("{\"expiration\": \"\(expiration.iso8601)\", \"conditions\": [\(conditions)]}".utf8)
    }

    /// Reads the `policy` field of a form, which is the document in Base64.
    ///
    /// S3's documentation shows policies with trailing commas and single quotes, which are not valid JSON.
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

    fileprivate static func invalid(_ reason: String, details: [(name: String, value: String)] = []) -> S3Error {
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
        case "eq", "starts-with":
            let (field, value) = (try text(items[1]), try text(items[2]))
            guard field.utf8.first == UInt8(ascii: "$") else { return impossible(name, items.dropFirst().map(shown)) }
            let subject = String(Substring(field.utf8.dropFirst()))
            return name == "eq" ? .equal(field: subject, value: value) : .prefix(field: subject, prefix: value)
        case "content-length-range":
            guard let minimum = try length(items[1]), let maximum = try length(items[2]) else {
                return impossible(name, items.dropFirst().map(shown))
            }
            return .length(PostPolicy.LengthRange(minimum: minimum, maximum: maximum))
        default: throw PostPolicy.invalid("Invalid Condition: unknown operator '\(name)'.")
        }
    }

    private static func text(_ value: JSONValue) throws(S3Error) -> String {
        guard let text = value.string else { throw PostPolicy.invalid("Invalid Condition: value must be a string.") }
        return text
    }

    /// Reads a whole number of at least 0, which may be in quotes; nil for a value that is not a number.
    private static func length(_ value: JSONValue) throws(S3Error) -> Int64? {
        let number: Int64? =
            switch value.content {
            case .number(let number): number.integer(Int64.self) ?? -1
            case .string(let text): Int64(text)
            default: nil
            }
        guard number ?? 0 >= 0 else {
            throw PostPolicy.invalid("Invalid content-length-range: bounds must be whole numbers.")
        }
        return number
    }

    /// Returns a condition that never holds, for a field without its `$` or for bounds that are not numbers. AWS
    /// accepts policies with such conditions.
    private static func impossible(_ name: String, _ values: [String]) -> Self {
        .impossible("[\(([JSONValue.quoted(name)] + values).joined(separator: ", "))]")
    }

    private static func shown(_ value: JSONValue) -> String {
        switch value.content {
        case .number(let number): number.text
        case .string(let text): JSONValue.quoted(text)
        default: "null"
        }
    }
}

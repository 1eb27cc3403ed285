/// The headers that grant permissions: `x-amz-grant-read: uri="…", id="…", emailAddress="…"`.
///
/// Source: S3 API Reference, PutObjectAcl, `x-amz-grant-…`.
package enum GrantHeader {
    /// The beginning of the headers' names.
    package static let prefix = "x-amz-grant-"

    private static let permissions: [(name: String, permission: AccessControlList.Permission)] = [
        ("full-control", .fullControl), ("read", .read), ("write", .write), ("read-acp", .readACP),
        ("write-acp", .writeACP),
    ]

    /// Reads the grants of all these headers.
    ///
    /// - Parameters:
    ///   - accounts: the accounts that the headers may name.
    ///   - value: returns the value of a header.
    /// - Returns: nil if the request has no such header.
    /// - Throws: `InvalidArgument` for malformed values, `InvalidRequest` for too many grants, or the error of an
    ///   invalid grantee.
    package static func grants(
        among accounts: (any AccountDirectory)?, _ value: (_ header: String) -> String?
    ) throws(S3Error) -> [AccessControlList.Grant]? {
        var grants: [AccessControlList.Grant]?
        for (name, permission) in permissions {
            guard let text = value(prefix + name) else { continue }
            for grantee in try grantees(text, header: prefix + name, among: accounts) {
                grants = (grants ?? []) + [AccessControlList.Grant(grantee, permission)]
            }
        }
        guard (grants?.count ?? 0) <= Limits.grantCount else {
            throw S3Error(.invalidRequest, "An ACL may have at most \(Limits.grantCount) grants")
        }
        return grants
    }

    private static func grantees(
        _ text: String, header: String, among accounts: (any AccountDirectory)?
    ) throws(S3Error) -> [AccessControlList.Grantee] {
        let malformed = S3Error.invalidArgument("Argument format not recognized", name: header, value: text)
        var grantees: [AccessControlList.Grantee] = []
        for item in text.split(at: ",", keepingEmpty: true) {
            let parts = item.split(at: "=", maxSplits: 1, keepingEmpty: true).map(trimmed)
            guard parts.count == 2, let name = unquoted(parts[1]) else { throw malformed }
            switch parts[0].lowercased() {
            case "id": grantees.append(try AccessControlList.Grantee(canonicalID: name, among: accounts))
            case "uri": grantees.append(try AccessControlList.Grantee(groupURI: name))
            case "emailaddress": grantees.append(try AccessControlList.Grantee(emailAddress: name, among: accounts))
            default: throw malformed
            }
        }
        return grantees
    }

    /// Removes the quotation marks of a text, if it has any; nil if one of the two is missing.
    private static func unquoted(_ text: String) -> String? {
        guard text.hasPrefix("\"") || text.hasSuffix("\"") else { return text }
        guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return nil }
        return String(text.dropFirst().dropLast())
    }

    private static func trimmed(_ text: Substring) -> String {
        let bytes = text.utf8.drop { $0 == 32 || $0 == 9 }
        let end = bytes.lastIndex { $0 != 32 && $0 != 9 }.map(bytes.index(after:)) ?? bytes.startIndex
        return String(Substring(bytes[..<end]))
    }
}

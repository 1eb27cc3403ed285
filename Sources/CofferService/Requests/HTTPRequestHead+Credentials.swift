package import CofferHTTP
package import CofferModel

/// The credentials that a request names in Signature Version 4, before the signature is verified.
extension HTTPRequestHead {
    /// The access key, with the token of temporary credentials; nil if the request names none.
    package var namedCredentials: (accessKeyID: String, sessionToken: String?)? {
        if let credential = Self.credential(headers["authorization"] ?? "") {
            return Self.accessKeyID(credential).map { ($0, headers["x-amz-security-token"]) }
        }
        // A malformed query names no key.
        let query = try? Query(String(Substring(target.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst())))
        return query?["X-Amz-Credential"].flatMap(Self.accessKeyID).map { ($0, query?["X-Amz-Security-Token"]) }
    }

    /// Returns the service in the credential's scope; nil if the request names none.
    ///
    /// - Parameter query: the target's query.
    package func namedService(_ query: Query?) -> String? {
        let named = Self.credential(headers["authorization"] ?? "").flatMap(Self.service)
        return named ?? query?["X-Amz-Credential"].flatMap(Self.service)
    }

    private static func accessKeyID(_ credential: String) -> String? {
        credential.split(at: "/").first.map(String.init)
    }

    private static func credential(_ authorization: String) -> String? {
        guard authorization.hasPrefix("AWS4-"),
            let credential = authorization.split(separator: "Credential=", maxSplits: 1).dropFirst().first
        else { return nil }
        return String(credential.prefix { $0 != "," && $0 != " " })
    }

    private static func service(_ credential: String) -> String? {
        let parts = credential.split(at: "/", keepingEmpty: true)
        return parts.count >= 5 ? String(parts[parts.count - 2]) : nil
    }
}

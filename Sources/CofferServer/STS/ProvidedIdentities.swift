import CofferCrypto
import CofferModel

/// AssumeRoleWithWebIdentity and AssumeRoleWithSAML, whose callers sign nothing: what they bring from an identity provider
/// says who they are. There are no providers here, so no token is any provider's.
///
/// Source: STS API Reference, AssumeRoleWithWebIdentity and AssumeRoleWithSAML.
enum ProvidedIdentities {
    static let operations: [QueryOperation] = names.map { name in
        QueryOperation(name, on: { _ in nil }) { call async throws(S3Error) in
            throw refusal(of: name, call.parameters)
        }
    }

    private static let names = ["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"]

    /// Whether parameters name one of these operations of STS.
    static func areNamed(in parameters: QueryParameters) -> Bool {
        areNamed(parameters["Action"], version: parameters["Version"])
    }

    static func areNamed(in query: Query?) -> Bool { areNamed(query?["Action"], version: query?["Version"]) }

    private static func areNamed(_ action: String?, version: String?) -> Bool {
        action.map(names.contains) == true && version == QueryService.sts.version
    }

    /// What answers such a request, whose parameters are as they may be.
    static func refusal(of operation: String, _ parameters: QueryParameters) -> S3Error {
        guard operation == "AssumeRoleWithWebIdentity" else {
            let isBase64 = parameters["SAMLAssertion"].flatMap { bytes(base64: $0) } != nil
            return S3Error(
                .invalidIdentityToken, isBase64 ? "Specified provider doesn't exist" : "Invalid base64 SAMLResponse")
        }
        guard let issuer = issuer(ofToken: parameters["WebIdentityToken"] ?? "") else {
            return S3Error(
                .invalidIdentityToken,
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
        }
        return S3Error(.invalidIdentityToken, "No OpenIDConnect provider found in your account for \(issuer)")
    }

    /// Who a JSON Web Token says it is of (RFC 7519 section 4.1.1); nil for what is no such token.
    private static func issuer(ofToken token: String) -> String? {
        let parts = token.split(at: ".", keepingEmpty: true)
        guard parts.count == 3, object(parts[0]) != nil, let issuer = object(parts[1])?["iss"]?.string else {
            return nil
        }
        return String(issuer.prefix(255))
    }

    /// Base64 with the alphabet of URLs, without the padding (RFC 7515 section 2).
    private static func object(_ part: Substring) -> JSONObject? {
        var text = part.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        text += Array(repeating: "=", count: (4 - text.count % 4) % 4)
        guard let document = bytes(base64: String(text)) else { return nil }
        return (try? JSONValue(document: document))?.object  // What is no JSON is no token.
    }
}

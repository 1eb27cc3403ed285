import CofferCrypto
import CofferModel

/// AssumeRoleWithWebIdentity and AssumeRoleWithSAML, whose callers sign nothing: a token of an identity provider says
/// who they are. There are no identity providers here, so every token is refused.
///
/// Source: STS API Reference, AssumeRoleWithWebIdentity and AssumeRoleWithSAML.
enum ProvidedIdentities {
    static let operations: [QueryOperation] = names.map { name in
        QueryOperation(name, on: { _ in nil }) { call async throws(S3Error) in
            throw refusal(of: name, call.parameters)
        }
    }

    private static let names = ["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"]

    /// Returns whether parameters name one of these STS operations.
    static func areNamed(in parameters: QueryParameters) -> Bool {
        areNamed(parameters["Action"], version: parameters["Version"])
    }

    static func areNamed(in query: Query?) -> Bool { areNamed(query?["Action"], version: query?["Version"]) }

    private static func areNamed(_ action: String?, version: String?) -> Bool {
        action.map(names.contains) == true && version == QueryService.sts.version
    }

    /// Returns the error that answers such a request, whatever its parameters.
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

    /// Returns the issuer that a JSON Web Token names (RFC 7519 section 4.1.1); nil if the text is not such a token.
    private static func issuer(ofToken token: String) -> String? {
        let parts = token.split(at: ".", keepingEmpty: true)
        guard parts.count == 3, object(parts[0]) != nil, let issuer = object(parts[1])?["iss"]?.string else {
            return nil
        }
        return String(issuer.prefix(255))
    }

    /// Decodes a part of a token: unpadded Base64 with the URL-safe alphabet (RFC 7515 section 2).
    private static func object(_ part: Substring) -> JSONObject? {
        var text = part.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        text += Array(repeating: "=", count: (4 - text.count % 4) % 4)
        guard let document = bytes(base64: String(text)) else { return nil }
        return (try? JSONValue(document: document))?.object  // A part that is not JSON makes the token invalid.
    }
}

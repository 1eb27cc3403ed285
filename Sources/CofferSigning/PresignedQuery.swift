package import CofferModel

/// The signature in the query of a presigned URL.
extension Query {
    /// The version by which the query claims to be signed; nil if it is part of no presigned URL.
    package var presigned: PresignedVersion? {
        var isV2 = false
        // Other parameters begin with small letters.
        for (name, _) in parameters where name.utf8.first.map({ (65...90).contains($0) }) == true {
            if Self.namesOfV4.contains(name) { return .v4 }
            isV2 = isV2 || Self.namesOfV2.contains(name)
        }
        return isV2 ? .v2 : nil
    }

    private static let namesOfV4: Set = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"]
    private static let namesOfV2: Set = ["AWSAccessKeyId", "Signature"]

    /// The `x-amz-…` parameters, in any case, as the header fields that they stand for.
    package var amzFields: [(name: String, value: String)] {
        parameters.compactMap { name, value in
            let name = name.lowercased()
            return name.hasPrefix("x-amz-") ? (name: name, value: value) : nil
        }
    }

    /// The header fields that a presigned URL of Version 4 says are signed, in lower case.
    package var signedHeaders: [String] {
        SignatureV4.names((self["X-Amz-SignedHeaders"] ?? "")[...])
    }
}

package enum PresignedVersion: Sendable {
    case v2, v4
}

package import CofferModel

/// The signature in a presigned URL's query.
extension Query {
    /// The signature version that the query claims; nil if it is not the query of a presigned URL.
    package var presigned: PresignedVersion? {
        var isV2 = false
        // All other parameters begin with a lower-case letter.
        for (name, _) in parameters where name.utf8.first.map({ (65...90).contains($0) }) == true {
            if Self.namesOfV4.contains(name) { return .v4 }
            isV2 = isV2 || Self.namesOfV2.contains(name)
        }
        return isV2 ? .v2 : nil
    }

    private static let namesOfV4: Set = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"]
    private static let namesOfV2: Set = ["AWSAccessKeyId", "Signature"]

    /// The `x-amz-…` parameters, in any case, as the header fields that they represent.
    package var amzFields: [(name: String, value: String)] {
        parameters.compactMap { name, value in
            // Only fields that are not ASCII differ, and none of ours is.
            let name = name.lowercasedASCII
            return name.hasPrefix("x-amz-") ? (name: name, value: value) : nil
        }
    }

    /// The names in the `X-Amz-SignedHeaders` of a presigned URL of Version 4, in lower case.
    package var signedHeaders: [String] {
        SignatureV4.names(self["X-Amz-SignedHeaders"] ?? "")
    }
}

package enum PresignedVersion: Sendable {
    case v2, v4
}

package import CofferModel

/// The errors of IAM and STS (IAM API Reference, "Common Errors", and those of the operations).
extension S3Error.Code {
    static let deleteConflict = Self(
        "DeleteConflict", 409, "The entity cannot be deleted while other entities belong to it.")
    static let entityAlreadyExists = Self("EntityAlreadyExists", 409, "The entity already exists.")
    static let incompleteSignature = Self(
        "IncompleteSignature", 400, "The request signature does not conform to AWS standards.")
    static let invalidAction = Self("InvalidAction", 400, "The action or operation requested is invalid.")
    static let invalidClientTokenID = Self(
        "InvalidClientTokenId", 403, "The security token included in the request is invalid.")
    static let invalidParameterValue = Self("InvalidParameterValue", 400, "A parameter's value is invalid.")
    static let packedPolicyTooLarge = Self(
        "PackedPolicyTooLarge", 400, "The session's policies and tags are too large in total.")
    static let invalidInput = Self("InvalidInput", 400, "A parameter's value is invalid.")
    static let limitExceeded = Self("LimitExceeded", 409, "A quota is exceeded.")
    static let malformedInput = Self("MalformedInput", 400, "A parameter's value cannot be read.")
    static let missingAction = Self("MissingAction", 400, "The request is missing an action.")
    static let missingAuthenticationToken = Self(
        "MissingAuthenticationToken", 403, "Request is missing Authentication Token")
    package static let noSuchEntity = Self("NoSuchEntity", 404, "The entity does not exist.")
    static let requestEntityTooLarge = Self(
        "RequestEntityTooLarge", 413, "The request exceeds the maximum allowed size.")
    static let sessionTokenExpired = Self(
        "ExpiredToken", 403, "The security token included in the request is expired")
    static let reportNotPresent = Self("ReportNotPresent", 410, "The credential report does not exist.")
    static let invalidIdentityToken = Self(
        "InvalidIdentityToken", 400, "The identity token that was passed could not be validated.")
    static let unmodifiableEntity = Self("UnmodifiableEntity", 400, "The entity cannot be changed.")
    package static let validationError = Self("ValidationError", 400, "A parameter's value is invalid.")
}

extension S3Error {
    /// The corresponding error of the query protocol's services.
    var forQuery: S3Error {
        switch code {
        case .invalidAccessKeyId, .invalidToken: S3Error(.invalidClientTokenID)
        case .expiredToken: S3Error(.sessionTokenExpired)
        case .authorizationHeaderMalformed, .authorizationQueryParametersError, .invalidArgument, .invalidRequest:
            S3Error(.incompleteSignature, message)
        case .requestTimeTooSkewed:
            S3Error(.signatureDoesNotMatch, "Signature not yet current or expired: check the client's clock")
        default: self
        }
    }

    package static func noSuchEntity(_ message: String) -> S3Error { S3Error(.noSuchEntity, message) }

    static func quotaExceeded(_ name: String, _ limit: Int) -> S3Error {
        S3Error(.limitExceeded, "Cannot exceed quota for \(name): \(limit)")
    }
}

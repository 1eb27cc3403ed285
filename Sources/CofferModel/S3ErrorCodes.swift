/// The catalogue of errors, with AWS's names, statuses and messages (S3 API Reference, "List of error codes").
extension S3Error.Code {
    public static let accessControlListNotSupported = Self(
        "AccessControlListNotSupported", 400, "The bucket does not allow ACLs")
    public static let accessDenied = Self("AccessDenied", 403, "Access Denied")
    public static let authorizationHeaderMalformed = Self(
        "AuthorizationHeaderMalformed", 400, "The authorization header that you provided is not valid.")
    public static let authorizationQueryParametersError = Self(
        "AuthorizationQueryParametersError", 400, "The authorization query parameters that you provided are not valid.")
    public static let badDigest = Self(
        "BadDigest", 400, "The Content-MD5 you specified did not match what we received.")
    public static let badRequest = Self("BadRequest", 400, "Bad Request")
    public static let bucketAlreadyExists = Self(
        "BucketAlreadyExists", 409,
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
            + "Please select a different name and try again.")
    public static let bucketAlreadyOwnedByYou = Self(
        "BucketAlreadyOwnedByYou", 409,
        "Your previous request to create the named bucket succeeded and you already own it.")
    public static let bucketNotEmpty = Self(
        "BucketNotEmpty", 409, "The bucket you tried to delete is not empty")
    public static let conditionalRequestConflict = Self(
        "ConditionalRequestConflict", 409,
        "The conditional request cannot succeed due to a conflicting operation against this resource.")
    public static let contentSHA256Mismatch = Self(
        "XAmzContentSHA256Mismatch", 400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.")
    public static let corsForbidden = Self(
        "AccessForbidden", 403,
        "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request "
            + "method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the "
            + "resource's CORS spec.")
    public static let entityTooLarge = Self(
        "EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")
    public static let entityTooSmall = Self(
        "EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size")
    public static let expiredToken = Self("ExpiredToken", 400, "The provided token has expired.")
    public static let idempotencyParameterMismatch = Self(
        "IdempotencyParameterMismatch", 400,
        "Parameters on this idempotent request are inconsistent with parameters used in previous request(s).")
    public static let illegalLocationConstraint = Self(
        "IllegalLocationConstraintException", 400,
        "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to."
    )
    public static let illegalVersioningConfiguration = Self(
        "IllegalVersioningConfigurationException", 400,
        "The versioning configuration specified in the request is not valid.")
    public static let incompleteBody = Self(
        "IncompleteBody", 400,
        "You did not provide the number of bytes specified by the Content-Length HTTP header")
    /// Not an error of AWS, whose disks are never full.
    public static let insufficientStorage = Self(
        "InsufficientStorage", 507, "The server has no space left for this request. Nothing was stored.")
    public static let internalError = Self(
        "InternalError", 500, "We encountered an internal error. Please try again.")
    public static let invalidAccessKeyId = Self(
        "InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.")
    public static let invalidArgument = Self("InvalidArgument", 400, "Invalid Argument")
    public static let invalidBucketACLWithBlockPublicAccess = Self(
        "InvalidBucketAclWithBlockPublicAccessError", 400,
        "Bucket cannot have public ACLs set with BlockPublicAccess enabled")
    public static let invalidBucketACLWithObjectOwnership = Self(
        "InvalidBucketAclWithObjectOwnership", 400,
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
    public static let invalidBucketName = Self("InvalidBucketName", 400, "The specified bucket is not valid.")
    public static let invalidBucketOwner = Self(
        "InvalidBucketOwnerAWSAccountID", 400,
        "The value of the expected bucket owner parameter must be an AWS account ID")
    public static let invalidBucketState = Self(
        "InvalidBucketState", 409, "The request is not valid with the current state of the bucket.")
    public static let invalidChunkSize = Self(
        "InvalidChunkSizeError", 403, "Only the last chunk is allowed to have a size less than 8192 bytes")
    public static let invalidDigest = Self("InvalidDigest", 400, "The Content-MD5 you specified was invalid.")
    public static let invalidEncryptionAlgorithm = Self(
        "InvalidEncryptionAlgorithmError", 400,
        "The Encryption request you specified is not valid. Supported value: AES256.")
    public static let invalidLocationConstraint = Self(
        "InvalidLocationConstraint", 400, "The specified location-constraint is not valid")
    public static let invalidObjectState = Self(
        "InvalidObjectState", 403, "The operation is not valid for the object's storage class")
    public static let invalidPart = Self(
        "InvalidPart", 400,
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified "
            + "entity tag may not match the part's entity tag.")
    public static let invalidPartNumber = Self(
        "InvalidPartNumber", 416, "The requested partnumber is not satisfiable")
    public static let invalidPartOrder = Self(
        "InvalidPartOrder", 400,
        "The list of parts was not in ascending order. Parts must be ordered by part number.")
    public static let invalidPolicyDocument = Self(
        "InvalidPolicyDocument", 400,
        "The content of the form does not meet the conditions specified in the policy document.")
    public static let invalidRange = Self("InvalidRange", 416, "The requested range is not satisfiable")
    public static let invalidRedirectLocation = Self(
        "InvalidRedirectLocation", 400,
        "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.")
    public static let invalidRequest = Self("InvalidRequest", 400, "Invalid Request")
    public static let invalidStorageClass = Self(
        "InvalidStorageClass", 400, "The storage class you specified is not valid")
    public static let invalidTag = Self("InvalidTag", 400, "The tag you provided was not valid.")
    public static let invalidToken = Self("InvalidToken", 400, "The provided token is malformed or otherwise invalid.")
    public static let invalidURI = Self("InvalidURI", 400, "Couldn't parse the specified URI.")
    public static let invalidWriteOffset = Self(
        "InvalidWriteOffset", 400, "The write offset value that you specified does not match the current object size.")
    public static let keyTooLongError = Self("KeyTooLongError", 400, "Your key is too long")
    public static let malformedACLError = Self(
        "MalformedACLError", 400,
        "The XML you provided was not well-formed or did not validate against our published schema")
    public static let malformedPolicy = Self("MalformedPolicy", 400, "This policy contains invalid Json")
    public static let malformedPOSTRequest = Self(
        "MalformedPOSTRequest", 400, "The body of your POST request is not well-formed multipart/form-data.")
    public static let malformedXML = Self(
        "MalformedXML", 400,
        "The XML you provided was not well-formed or did not validate against our published schema")
    public static let malformedTrailer = Self(
        "MalformedTrailerError", 400,
        "The request contained trailing data that was not well-formed or did not conform to our published schema.")
    public static let maxMessageLengthExceeded = Self(
        "MaxMessageLengthExceeded", 400, "Your request was too big.")
    public static let maxPostPreDataLengthExceeded = Self(
        "MaxPostPreDataLengthExceededError", 400, "Your POST request fields preceding the upload file were too large.")
    public static let metadataConfigurationNotFound = Self(
        "MetadataConfigurationNotFound", 404, "The metadata configuration does not exist")
    public static let metadataTooLarge = Self(
        "MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size")
    public static let methodNotAllowed = Self(
        "MethodNotAllowed", 405, "The specified method is not allowed against this resource.")
    public static let missingContentLength = Self(
        "MissingContentLength", 411, "You must provide the Content-Length HTTP header.")
    public static let missingRequestBodyError = Self("MissingRequestBodyError", 400, "Request Body is empty")
    public static let missingSecurityHeader = Self(
        "MissingSecurityHeader", 400, "Your request was missing a required header")
    public static let noLoggingStatusForKey = Self(
        "NoLoggingStatusForKey", 400, "There is no such thing as the ?logging sub-resource for a key")
    public static let noSuchAnnotation = Self(
        "NoSuchAnnotation", 404, "The specified annotation does not exist on this object.")
    public static let noSuchBucket = Self("NoSuchBucket", 404, "The specified bucket does not exist")
    public static let noSuchBucketPolicy = Self("NoSuchBucketPolicy", 404, "The bucket policy does not exist")
    public static let noSuchConfiguration = Self(
        "NoSuchConfiguration", 404, "The specified configuration does not exist.")
    public static let noSuchCORSConfiguration = Self(
        "NoSuchCORSConfiguration", 404, "The CORS configuration does not exist")
    public static let noSuchKey = Self("NoSuchKey", 404, "The specified key does not exist.")
    public static let noSuchLifecycleConfiguration = Self(
        "NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist")
    public static let noSuchObjectLockConfiguration = Self(
        "NoSuchObjectLockConfiguration", 404, "The specified object does not have a ObjectLock configuration")
    public static let noSuchPublicAccessBlockConfiguration = Self(
        "NoSuchPublicAccessBlockConfiguration", 404, "The public access block configuration was not found")
    /// The error of S3 Control for a bucket that does not exist.
    public static let noSuchResource = Self("NoSuchResource", 404, "The specified resource doesn't exist.")
    public static let noSuchTagSet = Self("NoSuchTagSet", 404, "The TagSet does not exist")
    public static let noSuchUpload = Self(
        "NoSuchUpload", 404,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
            + "completed.")
    public static let noSuchVersion = Self("NoSuchVersion", 404, "The specified version does not exist.")
    public static let noSuchWebsiteConfiguration = Self(
        "NoSuchWebsiteConfiguration", 404, "The specified bucket does not have a website configuration")
    /// The error of a HEAD request for a resource that does not exist.
    public static let notFound = Self("NotFound", 404, "Not Found")
    public static let notImplemented = Self(
        "NotImplemented", 501, "A header you provided implies functionality that is not implemented")
    public static let notModified = Self("NotModified", 304, "Not Modified")
    public static let objectAlreadyInActiveTier = Self(
        "ObjectAlreadyInActiveTierError", 403, "This action is not allowed against this storage tier.")
    public static let objectLockConfigurationNotFound = Self(
        "ObjectLockConfigurationNotFoundError", 404, "Object Lock configuration does not exist for this bucket")
    public static let operationAborted = Self(
        "OperationAborted", 409,
        "A conflicting conditional operation is currently in progress against this resource. Try again.")
    public static let ownershipControlsNotFound = Self(
        "OwnershipControlsNotFoundError", 404, "The bucket ownership controls were not found")
    public static let permanentRedirect = Self(
        "PermanentRedirect", 301,
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future "
            + "requests to this endpoint.")
    public static let preconditionFailed = Self(
        "PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold")
    public static let replicationConfigurationNotFound = Self(
        "ReplicationConfigurationNotFoundError", 404, "The replication configuration was not found")
    public static let requestHeaderSectionTooLarge = Self(
        "RequestHeaderSectionTooLarge", 400, "Your request header section exceeds the maximum allowed size.")
    public static let requestTimeout = Self(
        "RequestTimeout", 400,
        "Your socket connection to the server was not read from or written to within the timeout period. "
            + "Idle connections will be closed.")
    public static let requestTimeTooSkewed = Self(
        "RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large.")
    public static let signatureDoesNotMatch = Self(
        "SignatureDoesNotMatch", 403,
        "The request signature we calculated does not match the signature you provided. "
            + "Check your key and signing method.")
    public static let slowDown = Self("SlowDown", 503, "Please reduce your request rate.")
    public static let tooManyParts = Self(
        "TooManyParts", 400, "You have attempted to add more parts than the maximum of 10,000 that are allowed.")
    public static let unexpectedContent = Self("UnexpectedContent", 400, "This request does not support content")
    public static let unresolvableGrantByEmailAddress = Self(
        "UnresolvableGrantByEmailAddress", 400,
        "The email address you provided does not match any account on record.")
    public static let userKeyMustBeSpecified = Self(
        "UserKeyMustBeSpecified", 400,
        "The bucket POST must contain the specified field name. If it is specified, check the order of the fields.")
}

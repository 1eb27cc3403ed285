/// The catalogue of errors, with AWS's names, statuses and messages (S3 API Reference, "List of error codes").
extension S3Error.Code {
    /// The bucket's Object Ownership disables ACLs.
    public static let accessControlListNotSupported = Self(
        "AccessControlListNotSupported", 400, "The bucket does not allow ACLs")
    /// The caller may not do this, or the request is not signed as required.
    public static let accessDenied = Self("AccessDenied", 403, "Access Denied")
    /// The `Authorization` header cannot be read, or names a wrong region or service; the detail `Region` has the right
    /// one.
    public static let authorizationHeaderMalformed = Self(
        "AuthorizationHeaderMalformed", 400, "The authorization header that you provided is not valid.")
    /// The parameters of a presigned URL cannot be read or are out of range.
    public static let authorizationQueryParametersError = Self(
        "AuthorizationQueryParametersError", 400, "The authorization query parameters that you provided are not valid.")
    /// The body does not have the MD5 or checksum that the request announced.
    public static let badDigest = Self(
        "BadDigest", 400, "The Content-MD5 you specified did not match what we received.")
    /// The request violates a rule that has no code of its own.
    public static let badRequest = Self("BadRequest", 400, "Bad Request")
    /// The bucket belongs to another account.
    public static let bucketAlreadyExists = Self(
        "BucketAlreadyExists", 409,
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
            + "Please select a different name and try again.")
    /// The bucket already belongs to the caller's account.
    public static let bucketAlreadyOwnedByYou = Self(
        "BucketAlreadyOwnedByYou", 409,
        "Your previous request to create the named bucket succeeded and you already own it.")
    /// The bucket still has objects, versions or delete markers.
    public static let bucketNotEmpty = Self(
        "BucketNotEmpty", 409, "The bucket you tried to delete is not empty")
    /// A concurrent change prevented a conditional write; the request can be repeated.
    public static let conditionalRequestConflict = Self(
        "ConditionalRequestConflict", 409,
        "The conditional request cannot succeed due to a conflicting operation against this resource.")
    /// The body does not have the SHA-256 that the signature covers.
    public static let contentSHA256Mismatch = Self(
        "XAmzContentSHA256Mismatch", 400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.")
    /// No CORS rule of the bucket allows the preflight.
    public static let corsForbidden = Self(
        "AccessForbidden", 403,
        "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request "
            + "method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the "
            + "resource's CORS spec.")
    /// The body or object would be larger than ``Limits/putByteCount`` or ``Limits/objectByteCount``.
    public static let entityTooLarge = Self(
        "EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")
    /// A part that is not the last is smaller than ``Limits/partByteCount``, or a form's file than its policy allows.
    public static let entityTooSmall = Self(
        "EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size")
    /// The session of the temporary credentials has ended.
    public static let expiredToken = Self("ExpiredToken", 400, "The provided token has expired.")
    /// A client token was used before with other parameters.
    public static let idempotencyParameterMismatch = Self(
        "IdempotencyParameterMismatch", 400,
        "Parameters on this idempotent request are inconsistent with parameters used in previous request(s).")
    /// The location constraint does not match the region of the endpoint.
    public static let illegalLocationConstraint = Self(
        "IllegalLocationConstraintException", 400,
        "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to."
    )
    /// The versioning document lacks its status.
    public static let illegalVersioningConfiguration = Self(
        "IllegalVersioningConfigurationException", 400,
        "The versioning configuration specified in the request is not valid.")
    /// The body ended before its announced length.
    public static let incompleteBody = Self(
        "IncompleteBody", 400,
        "You did not provide the number of bytes specified by the Content-Length HTTP header")
    /// Not an error of AWS, whose disks are never full.
    public static let insufficientStorage = Self(
        "InsufficientStorage", 507, "The server has no space left for this request. Nothing was stored.")
    /// The server failed; the request can be repeated.
    public static let internalError = Self(
        "InternalError", 500, "We encountered an internal error. Please try again.")
    /// No account has the access key.
    public static let invalidAccessKeyId = Self(
        "InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.")
    /// A header or parameter has an invalid value; the details name it.
    public static let invalidArgument = Self("InvalidArgument", 400, "Invalid Argument")
    /// A new bucket cannot have a public ACL while public access is blocked.
    public static let invalidBucketACLWithBlockPublicAccess = Self(
        "InvalidBucketAclWithBlockPublicAccessError", 400,
        "Bucket cannot have public ACLs set with BlockPublicAccess enabled")
    /// A new bucket cannot have an ACL while its Object Ownership disables ACLs.
    public static let invalidBucketACLWithObjectOwnership = Self(
        "InvalidBucketAclWithObjectOwnership", 400,
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
    /// The name breaks a rule of ``BucketName``.
    public static let invalidBucketName = Self("InvalidBucketName", 400, "The specified bucket is not valid.")
    /// The expected bucket owner is not an account id of twelve digits.
    public static let invalidBucketOwner = Self(
        "InvalidBucketOwnerAWSAccountID", 400,
        "The value of the expected bucket owner parameter must be an AWS account ID")
    /// The bucket's versioning or Object Lock configuration does not allow the change.
    public static let invalidBucketState = Self(
        "InvalidBucketState", 409, "The request is not valid with the current state of the bucket.")
    /// A chunk of an aws-chunked body that is not the last is smaller than ``Limits/chunkByteCount``.
    public static let invalidChunkSize = Self(
        "InvalidChunkSizeError", 403, "Only the last chunk is allowed to have a size less than 8192 bytes")
    /// The `Content-MD5` is not the Base64 of 16 bytes.
    public static let invalidDigest = Self("InvalidDigest", 400, "The Content-MD5 you specified was invalid.")
    /// The algorithm for customer-provided keys is not `AES256`.
    public static let invalidEncryptionAlgorithm = Self(
        "InvalidEncryptionAlgorithmError", 400,
        "The Encryption request you specified is not valid. Supported value: AES256.")
    /// The location constraint is not a region.
    public static let invalidLocationConstraint = Self(
        "InvalidLocationConstraint", 400, "The specified location-constraint is not valid")
    /// The object is archived and must be restored before it is read, or cannot be restored.
    public static let invalidObjectState = Self(
        "InvalidObjectState", 403, "The operation is not valid for the object's storage class")
    /// A part of the list was not uploaded, or has another ETag or checksum.
    public static let invalidPart = Self(
        "InvalidPart", 400,
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified "
            + "entity tag may not match the part's entity tag.")
    /// The object does not have the part that was asked for.
    public static let invalidPartNumber = Self(
        "InvalidPartNumber", 416, "The requested partnumber is not satisfiable")
    /// The part numbers of the list do not ascend.
    public static let invalidPartOrder = Self(
        "InvalidPartOrder", 400,
        "The list of parts was not in ascending order. Parts must be ordered by part number.")
    /// The policy of a form cannot be read.
    public static let invalidPolicyDocument = Self(
        "InvalidPolicyDocument", 400,
        "The content of the form does not meet the conditions specified in the policy document.")
    /// The range begins after the end of the object.
    public static let invalidRange = Self("InvalidRange", 416, "The requested range is not satisfiable")
    /// The redirect location begins with neither `/` nor `http://` nor `https://`.
    public static let invalidRedirectLocation = Self(
        "InvalidRedirectLocation", 400,
        "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.")
    /// The request contradicts itself or the state of its resource; the message says how.
    public static let invalidRequest = Self("InvalidRequest", 400, "Invalid Request")
    /// S3 has no such storage class.
    public static let invalidStorageClass = Self(
        "InvalidStorageClass", 400, "The storage class you specified is not valid")
    /// A tag is too long, has characters that are not allowed, is duplicate or reserved.
    public static let invalidTag = Self("InvalidTag", 400, "The tag you provided was not valid.")
    /// The security token is not one of this service.
    public static let invalidToken = Self("InvalidToken", 400, "The provided token is malformed or otherwise invalid.")
    /// The target or a key is not percent-encoded UTF-8 of a permitted form.
    public static let invalidURI = Self("InvalidURI", 400, "Couldn't parse the specified URI.")
    /// The offset of an append is not the current size of the object.
    public static let invalidWriteOffset = Self(
        "InvalidWriteOffset", 400, "The write offset value that you specified does not match the current object size.")
    /// The key is longer than ``Limits/keyByteCount``.
    public static let keyTooLongError = Self("KeyTooLongError", 400, "Your key is too long")
    /// The ACL document does not match the schema.
    public static let malformedACLError = Self(
        "MalformedACLError", 400,
        "The XML you provided was not well-formed or did not validate against our published schema")
    /// The bucket policy cannot be read; the message says why.
    public static let malformedPolicy = Self("MalformedPolicy", 400, "This policy contains invalid Json")
    /// The body is not a multipart form.
    public static let malformedPOSTRequest = Self(
        "MalformedPOSTRequest", 400, "The body of your POST request is not well-formed multipart/form-data.")
    /// The document does not match the schema, or exceeds a limit.
    public static let malformedXML = Self(
        "MalformedXML", 400,
        "The XML you provided was not well-formed or did not validate against our published schema")
    /// The trailing headers of an aws-chunked body cannot be read.
    public static let malformedTrailer = Self(
        "MalformedTrailerError", 400,
        "The request contained trailing data that was not well-formed or did not conform to our published schema.")
    /// The document is larger than its limit in ``Limits``.
    public static let maxMessageLengthExceeded = Self(
        "MaxMessageLengthExceeded", 400, "Your request was too big.")
    /// The fields before a form's file are too large.
    public static let maxPostPreDataLengthExceeded = Self(
        "MaxPostPreDataLengthExceededError", 400, "Your POST request fields preceding the upload file were too large.")
    /// The bucket has no metadata configuration.
    public static let metadataConfigurationNotFound = Self(
        "MetadataConfigurationNotFound", 404, "The metadata configuration does not exist")
    /// The user metadata exceeds ``Limits/userMetadataByteCount``.
    public static let metadataTooLarge = Self(
        "MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size")
    /// The resource does not support the method.
    public static let methodNotAllowed = Self(
        "MethodNotAllowed", 405, "The specified method is not allowed against this resource.")
    /// The request needs a `Content-Length`.
    public static let missingContentLength = Self(
        "MissingContentLength", 411, "You must provide the Content-Length HTTP header.")
    /// The request needs a document and has none.
    public static let missingRequestBodyError = Self("MissingRequestBodyError", 400, "Request Body is empty")
    /// A required header is missing; the details name it.
    public static let missingSecurityHeader = Self(
        "MissingSecurityHeader", 400, "Your request was missing a required header")
    /// The sub-resource `logging` belongs to buckets, not to keys.
    public static let noLoggingStatusForKey = Self(
        "NoLoggingStatusForKey", 400, "There is no such thing as the ?logging sub-resource for a key")
    /// The object has no annotation of this name.
    public static let noSuchAnnotation = Self(
        "NoSuchAnnotation", 404, "The specified annotation does not exist on this object.")
    /// The bucket does not exist.
    public static let noSuchBucket = Self("NoSuchBucket", 404, "The specified bucket does not exist")
    /// The bucket has no policy.
    public static let noSuchBucketPolicy = Self("NoSuchBucketPolicy", 404, "The bucket policy does not exist")
    /// The bucket has no configuration with this id.
    public static let noSuchConfiguration = Self(
        "NoSuchConfiguration", 404, "The specified configuration does not exist.")
    /// The bucket has no CORS configuration.
    public static let noSuchCORSConfiguration = Self(
        "NoSuchCORSConfiguration", 404, "The CORS configuration does not exist")
    /// The object does not exist, or its current version is a delete marker.
    public static let noSuchKey = Self("NoSuchKey", 404, "The specified key does not exist.")
    /// The bucket has no lifecycle configuration.
    public static let noSuchLifecycleConfiguration = Self(
        "NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist")
    /// The version has no retention or legal hold.
    public static let noSuchObjectLockConfiguration = Self(
        "NoSuchObjectLockConfiguration", 404, "The specified object does not have a ObjectLock configuration")
    /// The bucket or account has no public access block.
    public static let noSuchPublicAccessBlockConfiguration = Self(
        "NoSuchPublicAccessBlockConfiguration", 404, "The public access block configuration was not found")
    /// The error of S3 Control for a bucket that does not exist.
    public static let noSuchResource = Self("NoSuchResource", 404, "The specified resource doesn't exist.")
    /// The bucket has no tags.
    public static let noSuchTagSet = Self("NoSuchTagSet", 404, "The TagSet does not exist")
    /// The multipart upload does not exist: it was aborted, completed, or never begun.
    public static let noSuchUpload = Self(
        "NoSuchUpload", 404,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
            + "completed.")
    /// The version does not exist.
    public static let noSuchVersion = Self("NoSuchVersion", 404, "The specified version does not exist.")
    /// The bucket has no website configuration.
    public static let noSuchWebsiteConfiguration = Self(
        "NoSuchWebsiteConfiguration", 404, "The specified bucket does not have a website configuration")
    /// The error of a HEAD request for a resource that does not exist.
    public static let notFound = Self("NotFound", 404, "Not Found")
    /// The server does not support what the request asks for; the details name it.
    public static let notImplemented = Self(
        "NotImplemented", 501, "A header you provided implies functionality that is not implemented")
    /// The object is unchanged under `If-None-Match` or `If-Modified-Since`.
    public static let notModified = Self("NotModified", 304, "Not Modified")
    /// The object is not archived, so it cannot be restored.
    public static let objectAlreadyInActiveTier = Self(
        "ObjectAlreadyInActiveTierError", 403, "This action is not allowed against this storage tier.")
    /// The bucket has no Object Lock configuration.
    public static let objectLockConfigurationNotFound = Self(
        "ObjectLockConfigurationNotFoundError", 404, "Object Lock configuration does not exist for this bucket")
    /// A conflicting operation is in progress; the request can be repeated.
    public static let operationAborted = Self(
        "OperationAborted", 409,
        "A conflicting conditional operation is currently in progress against this resource. Try again.")
    /// The bucket has no ownership controls.
    public static let ownershipControlsNotFound = Self(
        "OwnershipControlsNotFoundError", 404, "The bucket ownership controls were not found")
    /// The bucket must be addressed at another endpoint.
    public static let permanentRedirect = Self(
        "PermanentRedirect", 301,
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future "
            + "requests to this endpoint.")
    /// A condition of the request does not hold; the detail `Condition` names it.
    public static let preconditionFailed = Self(
        "PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold")
    /// The bucket has no replication configuration.
    public static let replicationConfigurationNotFound = Self(
        "ReplicationConfigurationNotFoundError", 404, "The replication configuration was not found")
    /// The request's target or headers are too large.
    public static let requestHeaderSectionTooLarge = Self(
        "RequestHeaderSectionTooLarge", 400, "Your request header section exceeds the maximum allowed size.")
    /// The request did not arrive in time; it can be repeated.
    public static let requestTimeout = Self(
        "RequestTimeout", 400,
        "Your socket connection to the server was not read from or written to within the timeout period. "
            + "Idle connections will be closed.")
    /// The request's time differs from the server's by more than ``Limits/clockSkewSeconds``.
    public static let requestTimeTooSkewed = Self(
        "RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large.")
    /// The signature is not that of the request; the details have what the server signed.
    public static let signatureDoesNotMatch = Self(
        "SignatureDoesNotMatch", 403,
        "The request signature we calculated does not match the signature you provided. "
            + "Check your key and signing method.")
    /// The server is busy; the request can be repeated later.
    public static let slowDown = Self("SlowDown", 503, "Please reduce your request rate.")
    /// The object would have more than ``Limits/partCount`` parts.
    public static let tooManyParts = Self(
        "TooManyParts", 400, "You have attempted to add more parts than the maximum of 10,000 that are allowed.")
    /// The request has a body that the operation does not take.
    public static let unexpectedContent = Self("UnexpectedContent", 400, "This request does not support content")
    /// No account has the e-mail address of a grant.
    public static let unresolvableGrantByEmailAddress = Self(
        "UnresolvableGrantByEmailAddress", 400,
        "The email address you provided does not match any account on record.")
    /// A form lacks a required field; the details name it.
    public static let userKeyMustBeSpecified = Self(
        "UserKeyMustBeSpecified", 400,
        "The bucket POST must contain the specified field name. If it is specified, check the order of the fields.")
}

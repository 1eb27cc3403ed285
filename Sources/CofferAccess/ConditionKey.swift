import CofferModel

/// A key of a condition or variable, such as `aws:SourceIp` or `s3:ExistingObjectTag/colour`.
///
/// Source: IAM User Guide, "AWS global condition context keys"; Service Authorization Reference, "Amazon S3".
package struct ConditionKey: Sendable, Hashable {
    /// The known key; nil for a key that never has a value here.
    package let name: Name?
    /// The complete key in lower case, which is how keys are compared.
    package let text: String
    /// The text after the slash, as written: the key of a tag.
    package let tag: String?
    /// The complete key as written.
    package let written: String

    /// - Returns: nil for text that is not a key, which has a prefix, a colon and a name.
    package init?(_ text: String) {
        let parts = text.split(at: "/", maxSplits: 1, keepingEmpty: true)
        let base = parts.first?.lowercased() ?? ""
        let names = base.split(at: ":", maxSplits: 1, keepingEmpty: true)
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isNameByte) }) else {
            return nil
        }
        tag = parts.count > 1 ? String(parts[1]) : nil
        written = text
        self.text = tag.map { "\(base)/\($0.lowercased())" } ?? base
        name = Name(rawValue: tag == nil ? base : base + "/")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || "-_.:".utf8.contains(byte)
    }

    /// Whether the key exists for requests to S3, with or without values here.
    package var isKnown: Bool {
        if tag?.isEmpty == true { return false }
        return name != nil || Self.valueless.contains(tag == nil ? text : String(text.prefix { $0 != "/" }) + "/")
    }

    /// The keys for which requests can have values.
    package enum Name: String, Sendable, CaseIterable {
        case currentTime = "aws:currenttime"
        case epochTime = "aws:epochtime"
        case multiFactorAuthPresent = "aws:multifactorauthpresent"
        case principalAccount = "aws:principalaccount"
        case principalARN = "aws:principalarn"
        case principalIsAWSService = "aws:principalisawsservice"
        case principalTag = "aws:principaltag/"
        case principalType = "aws:principaltype"
        case referer = "aws:referer"
        case requestedRegion = "aws:requestedregion"
        case requestTag = "aws:requesttag/"
        case resourceAccount = "aws:resourceaccount"
        case secureTransport = "aws:securetransport"
        case sourceIdentity = "aws:sourceidentity"
        case sourceIP = "aws:sourceip"
        case tagKeys = "aws:tagkeys"
        case tokenIssueTime = "aws:tokenissuetime"
        case userAgent = "aws:useragent"
        case userID = "aws:userid"
        case userName = "aws:username"
        case viaAWSService = "aws:viaawsservice"

        case authType = "s3:authtype"
        case delimiter = "s3:delimiter"
        case existingObjectTag = "s3:existingobjecttag/"
        case ifMatch = "s3:if-match"
        case ifNoneMatch = "s3:if-none-match"
        case locationConstraint = "s3:locationconstraint"
        case maxKeys = "s3:max-keys"
        case objectLockLegalHold = "s3:object-lock-legal-hold"
        case objectLockMode = "s3:object-lock-mode"
        case objectLockRemainingRetentionDays = "s3:object-lock-remaining-retention-days"
        case objectLockRetainUntilDate = "s3:object-lock-retain-until-date"
        case prefix = "s3:prefix"
        case requestObjectTag = "s3:requestobjecttag/"
        case requestObjectTagKeys = "s3:requestobjecttagkeys"
        case s3ResourceAccount = "s3:resourceaccount"
        case signatureAge = "s3:signatureage"
        case signatureVersion = "s3:signatureversion"
        case tlsVersion = "s3:tlsversion"
        case versionID = "s3:versionid"
        case acl = "s3:x-amz-acl"
        case bucketNamespace = "s3:x-amz-bucket-namespace"
        case contentSHA256 = "s3:x-amz-content-sha256"
        case copySource = "s3:x-amz-copy-source"
        case grantFullControl = "s3:x-amz-grant-full-control"
        case grantRead = "s3:x-amz-grant-read"
        case grantReadACP = "s3:x-amz-grant-read-acp"
        case grantWrite = "s3:x-amz-grant-write"
        case grantWriteACP = "s3:x-amz-grant-write-acp"
        case metadataDirective = "s3:x-amz-metadata-directive"
        case objectOwnership = "s3:x-amz-object-ownership"
        case encryption = "s3:x-amz-server-side-encryption"
        case encryptionKeyID = "s3:x-amz-server-side-encryption-aws-kms-key-id"
        case encryptionCustomerAlgorithm = "s3:x-amz-server-side-encryption-customer-algorithm"
        case storageClass = "s3:x-amz-storage-class"
        case websiteRedirectLocation = "s3:x-amz-website-redirect-location"
    }

    /// Keys that exist in AWS but never have a value here, because there are no networks, organisations, access points
    /// or other services.
    private static let valueless: Set<String> = [
        "aws:assumedroot", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:chatbotsourcearn",
        "aws:ec2instancesourceprivateipv4", "aws:ec2instancesourcevpc", "aws:federatedprovider",
        "aws:multifactorauthage", "aws:principalorgid", "aws:principalorgpaths",
        "aws:principalservicename", "aws:principalservicenameslist", "aws:resourceorgid",
        "aws:resourceorgpaths", "aws:resourcetag/", "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid",
        "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpcarn",
        "aws:sourcevpce", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
        "aws:vpcsourceip",
        "s3:accessgrantsinstancearn", "s3:accesspointnetworkorigin", "s3:accesspointtag/", "s3:buckettag/",
        "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "s3:destinationregion",
        "s3:inventoryaccessibleoptionalfields", "s3:isreplicationpauserequest", "s3:publicaccessblockconfiguration",
    ]
}

extension ConditionKey.Name {
    /// Whether requests for an action, in lower case, can have a value for the key. For other actions, a header or
    /// parameter of that name has no meaning and must not grant access.
    ///
    /// Source: Service Authorization Reference, "Actions defined by Amazon S3".
    package func concerns(_ action: String) -> Bool {
        guard let actions else { return true }
        return actions.contains(action)
    }

    /// The actions for which a key exists; nil for all.
    var actions: Set<String>? {
        switch self {
        case .delimiter, .maxKeys, .prefix: Self.listing
        case .existingObjectTag: Self.existingObject
        case .requestObjectTag, .requestObjectTagKeys: Self.tagging
        case .versionID: Self.version
        case .bucketNamespace, .locationConstraint, .objectOwnership: ["s3:createbucket"]
        case .requestTag: ["s3:createbucket", "s3:tagresource"]
        case .tagKeys: ["s3:createbucket", "s3:tagresource", "s3:untagresource"]
        case .acl, .grantFullControl, .grantRead, .grantReadACP, .grantWrite, .grantWriteACP: Self.granting
        case .ifMatch: ["s3:putobject", "s3:deleteobject"]
        case .copySource, .metadataDirective, .encryption, .encryptionKeyID, .encryptionCustomerAlgorithm,
            .storageClass, .websiteRedirectLocation, .ifNoneMatch:
            ["s3:putobject"]
        case .objectLockMode, .objectLockRemainingRetentionDays, .objectLockRetainUntilDate:
            ["s3:putobject", "s3:putobjectretention", "s3:bypassgovernanceretention"]
        case .objectLockLegalHold: ["s3:putobject", "s3:putobjectlegalhold"]
        default: nil
        }
    }

    private static let listing: Set<String> = [
        "s3:listbucket", "s3:listbucketversions", "s3:listbucketmultipartuploads",
    ]
    private static let tagging: Set<String> = [
        "s3:putobject", "s3:putobjecttagging", "s3:putobjectversiontagging", "s3:replicatetags",
    ]
    private static let granting: Set<String> = [
        "s3:createbucket", "s3:putbucketacl", "s3:putobject", "s3:putobjectacl", "s3:putobjectversionacl",
    ]
    private static let version: Set<String> = [
        "s3:deleteobjectversion", "s3:deleteobjectversiontagging", "s3:getobjectversion", "s3:getobjectversionacl",
        "s3:getobjectversionattributes", "s3:getobjectversiontagging", "s3:getobjectversiontorrent",
        "s3:putobjectversionacl", "s3:putobjectversiontagging", "s3:restoreobject", "s3:getobjectretention",
        "s3:putobjectretention", "s3:getobjectlegalhold", "s3:putobjectlegalhold",
    ]
    private static let existingObject: Set<String> = [
        "s3:deleteobject", "s3:deleteobjecttagging", "s3:deleteobjectversion", "s3:deleteobjectversiontagging",
        "s3:getobject", "s3:getobjectacl", "s3:getobjectattributes", "s3:getobjecttagging", "s3:getobjectversion",
        "s3:getobjectversionacl", "s3:getobjectversionattributes", "s3:getobjectversiontagging",
        "s3:putobjectacl", "s3:putobjecttagging", "s3:putobjectversionacl", "s3:putobjectversiontagging",
        "s3:restoreobject",
    ]
}

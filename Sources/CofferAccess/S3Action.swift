/// The actions of S3's policies, and the kind of resource that each concerns.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
package enum S3Action {
    /// The kind of resource that an action concerns.
    package enum Level: Sendable {
        /// The account, or a resource that is neither bucket nor object, to which no bucket policy applies.
        case account
        case bucket
        case object
    }

    /// The levels by action name, in lower case.
    static let levels: [String: Level] = Dictionary(
        uniqueKeysWithValues: account.map { ("s3:" + $0.lowercased(), .account) }
            + bucket.map { ("s3:" + $0.lowercased(), .bucket) } + object.map { ("s3:" + $0.lowercased(), .object) })

    /// Returns the level of an action, whose name may be in any case; nil for an unknown action.
    package static func level(of action: String) -> Level? { levels[action.lowercased()] }

    private static let account = words(
        """
        AssociateAccessGrantsIdentityCenter CreateAccessGrant CreateAccessGrantsInstance CreateAccessGrantsLocation
        CreateAccessPoint CreateAccessPointForObjectLambda CreateJob CreateMultiRegionAccessPoint
        CreateStorageLensGroup DeleteAccessGrant DeleteAccessGrantsInstance DeleteAccessGrantsInstanceResourcePolicy
        DeleteAccessGrantsLocation DeleteAccessPoint DeleteAccessPointForObjectLambda DeleteAccessPointPolicy
        DeleteAccessPointPolicyForObjectLambda DeleteJobTagging DeleteMultiRegionAccessPoint
        DeleteStorageLensConfiguration DeleteStorageLensConfigurationTagging DeleteStorageLensGroup DescribeJob
        DescribeMultiRegionAccessPointOperation DissociateAccessGrantsIdentityCenter GetAccessGrant
        GetAccessGrantsInstance GetAccessGrantsInstanceForPrefix GetAccessGrantsInstanceResourcePolicy
        GetAccessGrantsLocation GetAccessPoint GetAccessPointConfigurationForObjectLambda
        GetAccessPointForObjectLambda GetAccessPointPolicy GetAccessPointPolicyForObjectLambda
        GetAccessPointPolicyStatus GetAccessPointPolicyStatusForObjectLambda GetAccountPublicAccessBlock GetDataAccess
        GetJobTagging GetMultiRegionAccessPoint GetMultiRegionAccessPointPolicy GetMultiRegionAccessPointPolicyStatus
        GetMultiRegionAccessPointRoutes GetStorageLensConfiguration GetStorageLensConfigurationTagging
        GetStorageLensDashboard GetStorageLensGroup ListAccessGrants ListAccessGrantsInstances
        ListAccessGrantsLocations ListAccessPoints ListAccessPointsForObjectLambda ListAllMyBuckets
        ListCallerAccessGrants ListJobs ListMultiRegionAccessPoints ListStorageLensConfigurations
        ListStorageLensGroups PutAccessGrantsInstanceResourcePolicy PutAccessPointConfigurationForObjectLambda
        PutAccessPointPolicy PutAccessPointPolicyForObjectLambda PutAccessPointPublicAccessBlock
        PutAccountPublicAccessBlock PutJobTagging PutMultiRegionAccessPointPolicy PutStorageLensConfiguration
        PutStorageLensConfigurationTagging SubmitMultiRegionAccessPointRoutes UpdateAccessGrantsLocation
        UpdateJobPriority UpdateJobStatus UpdateStorageLensGroup
        """)

    private static let bucket = words(
        """
        CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket DeleteBucketMetadataTableConfiguration
        DeleteBucketOwnershipControls DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration
        GetAnalyticsConfiguration GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
        GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration
        GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock
        GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
        GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration
        GetMetricsConfiguration GetReplicationConfiguration ListBucket ListBucketMultipartUploads ListBucketVersions
        ListTagsForResource PauseReplication PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketAbac
        PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration
        PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment
        PutBucketTagging PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
        PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration
        PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource
        UpdateBucketMetadataAnnotationTableConfiguration UpdateBucketMetadataInventoryTableConfiguration
        UpdateBucketMetadataJournalTableConfiguration
        """)

    private static let object = words(
        """
        AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectAnnotation DeleteObjectTagging
        DeleteObjectVersion DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAnnotation GetObjectAttributes
        GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl
        GetObjectVersionAttributes GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent
        InitiateReplication ListMultipartUploadParts ListObjectAnnotations ObjectOwnerOverrideToBucketOwner PutObject
        PutObjectAcl PutObjectAnnotation PutObjectLegalHold PutObjectRetention PutObjectTagging PutObjectVersionAcl
        PutObjectVersionTagging ReplicateDelete ReplicateObject ReplicateTags RestoreObject UpdateObjectEncryption
        """)

    private static func words(_ text: String) -> [String] {
        text.split { $0 == " " || $0 == "\n" }.map(String.init)
    }
}

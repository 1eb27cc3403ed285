import CofferClient
import CofferModel
import CofferTestSupport
import Testing

struct BucketTests {
    @Test(arguments: S3Service.allCases)
    func `Buckets are listed, and are where they were made`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let names = try await s3.listBuckets().collect().map(\.name)
            #expect(names.contains(bucket))
            #expect(try await s3.getBucketLocation(bucket: bucket) == "us-east-1")
            try await s3.headBucket(bucket: bucket)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Buckets are made in another region, and listed by region and prefix`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let other = try BucketName("\(bucket)-other")
            try await s3.createBucket(
                bucket: other, settings: BucketSettings(ownership: .bucketOwnerEnforced, region: "eu-west-1"))
            #expect(try await s3.getBucketLocation(bucket: other) == "eu-west-1")
            #expect(try await s3.getBucketOwnershipControls(bucket: other) == .bucketOwnerEnforced)
            let listed = try await s3.listBuckets(prefix: bucket.description, region: "eu-west-1").collect()
            #expect(listed.map(\.name) == [other])
            if service != .moto {
                // Moto cuts off at the size, and tells no token.
                let pages = try await s3.listBuckets(prefix: bucket.description, pageSize: 1).collect()
                #expect(pages.map(\.name) == [bucket, other] && pages.map(\.region) == ["us-east-1", "eu-west-1"])
            }
            await #expect(throws: ConfigurationError.self) { try await s3.listBuckets(pageSize: 0).collect() }
        }
    }

    @Test(arguments: ["EU", "a.example.org/", "a b"])
    func `A region that would be another host is none`(_ region: String) async throws {
        let s3 = try S3Client(
            endpoint: "http://127.0.0.1:1", credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "s"))
        await #expect(throws: ConfigurationError.self) {
            try await s3.createBucket(bucket: "bucket", settings: BucketSettings(region: region))
        }
    }

    @Test func `A client's own region may have any name that its service has given it`() async throws {
        try await CofferFixture.with { fixture in
            let s3 = try S3Client(endpoint: fixture.endpoint, region: "Here_1", credentials: fixture.credentials)
            let error = await #expect(throws: S3Error.self) { try await s3.createBucket(bucket: "bucket") }
            #expect(error?.code == .invalidLocationConstraint)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Buckets are made with tags`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let other = try BucketName("\(bucket)-tagged")
            var settings = BucketSettings()
            settings.tags = [Tag(key: "of", value: "us")]
            try await s3.createBucket(bucket: other, settings: settings)
            // Moto forgets them.
            if service != .moto { #expect(try await s3.getBucketTagging(bucket: other) == settings.tags) }
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Policies are kept as they were given`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let policy = """
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",\
                "Resource":"arn:aws:s3:::\(bucket)/*"}]}
                """
            try await s3.putBucketPolicy(bucket: bucket, policy: policy)
            #expect(try await s3.getBucketPolicy(bucket: bucket) == policy)
            #expect(try await s3.isBucketPolicyPublic(bucket: bucket))
            try await s3.deleteBucketPolicy(bucket: bucket)
            let error = await #expect(throws: S3Error.self) { try await s3.getBucketPolicy(bucket: bucket) }
            #expect(error?.code == .noSuchBucketPolicy)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `CORS rules are kept`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let configuration = CORSConfiguration(rules: [
                CORSConfiguration.Rule(
                    allowedOrigins: ["https://*.example.org"], allowedMethods: ["GET", "PUT"], allowedHeaders: ["*"],
                    exposeHeaders: ["ETag"], maxAgeSeconds: 60)
            ])
            try await s3.putBucketCORS(bucket: bucket, configuration: configuration)
            let kept = try await s3.getBucketCORS(bucket: bucket)
            #expect(kept.rules.map(\.allowedOrigins) == [["https://*.example.org"]])
            #expect(kept.rules.map(\.allowedMethods) == [["GET", "PUT"]] && kept.rules.map(\.maxAgeSeconds) == [60])
            try await s3.deleteBucketCORS(bucket: bucket)
            await #expect(throws: S3Error.self) { try await s3.getBucketCORS(bucket: bucket) }
        }
    }

    /// Our server has no lifecycle yet; what it answers then is its own business.
    @Test func `Lifecycle rules are kept`() async throws {
        try await S3Service.moto.with { s3, bucket in
            var old = LifecycleRule(id: "old")
            old.filter.prefix = "tmp/"
            old.filter.tags = [Tag(key: "keep", value: "no")]
            old.expiration = .days(7)
            // Moto forgets how many of the newest are kept.
            old.noncurrentExpiration = LifecycleRule.NoncurrentExpiration(days: 3, keepsNewest: nil)
            old.transitions = [LifecycleRule.Transition(time: .days(2), storageClass: "GLACIER")]
            old.noncurrentTransitions = [LifecycleRule.NoncurrentTransition(days: 2, storageClass: "GLACIER")]
            var dated = LifecycleRule(id: "dated")
            dated.filter.prefix = "dated/"
            dated.transitions = [
                LifecycleRule.Transition(
                    time: .date(try #require(Timestamp(parsing: "2030-01-01T00:00:00.000Z"))), storageClass: "GLACIER")
            ]
            var uploads = LifecycleRule(id: "uploads")
            uploads.isEnabled = false
            uploads.filter.prefix = "up/"
            uploads.abortsUploadsAfterDays = 1
            var configuration = LifecycleConfiguration(rules: [old, dated, uploads])
            // Moto always answers this.
            configuration.smallestTransition = .all128KiB
            try await s3.putBucketLifecycle(bucket: bucket, configuration: configuration)
            #expect(try await s3.getBucketLifecycle(bucket: bucket) == configuration)
            try await s3.deleteBucketLifecycle(bucket: bucket)
            let error = await #expect(throws: S3Error.self) { try await s3.getBucketLifecycle(bucket: bucket) }
            #expect(error?.code.name == "NoSuchLifecycleConfiguration")
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Ownership, public access and encryption are kept`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            try await s3.putBucketOwnershipControls(bucket: bucket, ownership: .bucketOwnerPreferred)
            #expect(try await s3.getBucketOwnershipControls(bucket: bucket) == .bucketOwnerPreferred)
            let block = PublicAccessBlock(blocksPublicACLs: true, restrictsPublicBuckets: true)
            try await s3.putPublicAccessBlock(bucket: bucket, block: block)
            #expect(try await s3.getPublicAccessBlock(bucket: bucket) == block)
            try await s3.deletePublicAccessBlock(bucket: bucket)
            try await s3.putBucketEncryption(bucket: bucket, encryption: .initial)
            #expect(try await s3.getBucketEncryption(bucket: bucket).algorithm == "AES256")
            try await s3.putBucketTagging(bucket: bucket, tags: [Tag(key: "of", value: "ü =+")])
            #expect(try await s3.getBucketTagging(bucket: bucket) == [Tag(key: "of", value: "ü =+")])
            try await s3.deleteBucketTagging(bucket: bucket)
            await #expect(throws: S3Error.self) { try await s3.getBucketTagging(bucket: bucket) }
        }
    }

    @Test(arguments: S3Service.allCases)
    func `ACLs are read and written`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            try await s3.putObject(bucket: bucket, key: "k", body: [1])
            try await s3.putObjectACL(bucket: bucket, key: "k", acl: .publicRead)
            let acl = try await s3.getObjectACL(bucket: bucket, key: "k")
            #expect(acl.isPublic)
            try await s3.putObjectACL(bucket: bucket, key: "k", acl: AccessControlList.initial(owner: acl.owner))
            #expect(try await s3.getObjectACL(bucket: bucket, key: "k").isPublic == false)
            try await s3.putBucketACL(bucket: bucket, acl: .publicRead)
            #expect(try await s3.getBucketACL(bucket: bucket).isPublic)
        }
    }
}

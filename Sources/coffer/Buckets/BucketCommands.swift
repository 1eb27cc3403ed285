import CofferClient
import CofferModel
import CofferTransfer

/// `coffer mb` and `coffer rb`.
enum BucketCommands {
    static let all = [
        Command(
            name: "mb", operands: "s3://BUCKET", summary: "Create a bucket",
            details: "The name is enough: coffer mb books",
            options: [
                Option("acl", "ACL", help: "set a canned ACL, such as public-read"),
                Option("object-lock", help: "enable Object Lock, and versioning with it"),
            ] + Connection.options, run: make),
        Command(
            name: "rb", operands: "s3://BUCKET",
            summary: "Delete an empty bucket", details: "The name is enough: coffer rb books",
            options: [
                Option(
                    "force", help: "first delete everything in it: objects, versions and uncompleted uploads"),
                RunOptions.quiet,
            ] + Connection.options,
            isInterruptible: true, run: remove),
    ]

    @Sendable private static func make(_ options: Options) async throws -> ExitCode {
        let store = try options.bucket(takesName: true)
        let acl: CannedACL? = try options.choice("acl")
        let settings = BucketSettings(acl: acl, hasObjectLock: options.isGiven("object-lock"))
        try await store.naming { try await store.client.createBucket(bucket: store.bucket, settings: settings) }
        report(
            "make_bucket: \(store.bucket)",
            [("Action", "make_bucket"), ("Bucket", store.bucket.description)], options)
        return .success
    }

    private static func remove(_ options: Options) async throws -> ExitCode {
        let store = try options.bucket(takesName: true)
        if options.isGiven("force") {
            let console = Console(options)
            let runner = Runner(Runner.Settings(options), reportingTo: console)
            var plan = RemovalPlan(store, versionsWithPrefix: "")
            try await console.run(&plan, by: runner)
            guard runner.totals.failedCount == 0 else {
                try console.end(runner)
                return .success
            }
            try await store.naming {
                for try await listed in store.client.listMultipartUploads(bucket: store.bucket) {
                    try await store.client.abortMultipartUpload(upload: listed.upload)
                }
                try await store.client.deleteBucket(bucket: store.bucket)
            }
            try console.done("remove_bucket: \(store.bucket)", removed(store).map { ($0.name, JSONText($0.value)) })
            try console.end()
        } else {
            try await store.naming { try await store.client.deleteBucket(bucket: store.bucket) }
            if !options.isGiven("quiet") { report("remove_bucket: \(store.bucket)", removed(store), options) }
        }
        return .success
    }

    private static func removed(_ store: Store) -> [(name: String, value: String?)] {
        [("Action", "remove_bucket"), ("Bucket", store.bucket.description)]
    }
}

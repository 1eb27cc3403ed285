import CofferClient
import CofferModel
import CofferTransfer

/// `coffer versioning …`: whether buckets keep the versions that a write replaces.
enum VersioningCommands {
    static let all = [
        Command(
            name: "versioning get", operands: "s3://BUCKET",
            summary: "Show whether a bucket keeps the versions of objects",
            options: Connection.options, run: getVersioning),
        Command(
            name: "versioning set", operands: "s3://BUCKET Enabled|Suspended",
            summary: "Enable or suspend versioning", options: Connection.options,
            run: setVersioning),
    ]

    @Sendable private static func getVersioning(_ options: Options) async throws -> ExitCode {
        let store = try options.bucket()
        let versioning = try await store.naming { try await store.client.getBucketVersioning(bucket: store.bucket) }
        if options.wantsJSON {
            printRecord([("Status", versioning.status)], asJSON: true)
        } else {
            print(versioning.status ?? "never enabled")
        }
        return .success
    }

    @Sendable private static func setVersioning(_ options: Options) async throws -> ExitCode {
        let store = try options.bucket()
        let states: [Versioning] = [.enabled, .suspended]
        let word = options.operands[1].lowercased()
        guard let versioning = states.first(where: { $0.status?.lowercased() == word }) else {
            throw options.usage("'\(options.operands[1])' is not allowed; allowed: Enabled, Suspended")
        }
        try await store.naming {
            try await store.client.putBucketVersioning(bucket: store.bucket, versioning: versioning)
        }
        report(
            "versioning of \(store.bucket): \(versioning.status ?? "")",
            [
                ("Action", "set_versioning"), ("Bucket", store.bucket.description), ("Status", versioning.status),
            ], options)
        return .success
    }
}

extension Versioning {
    /// The status as in S3's documents; nil if versioning was never enabled.
    var status: String? {
        switch self {
        case .neverEnabled: nil
        case .enabled: "Enabled"
        case .suspended: "Suspended"
        }
    }
}

import CofferClient
import CofferModel
import CofferTransfer
import Glibc

/// `coffer policy get|set|delete` of a bucket and `coffer cors get|set|delete`: documents in files or standard streams.
enum BucketDocuments {
    static let all = [
        Command(
            name: "policy get", operands: "s3://BUCKET", summary: "Print a bucket's policy",
            options: Connection.options, run: getPolicy),
        Command(
            name: "policy set", operands: "s3://BUCKET [FILE]",
            summary: "Set a bucket's policy, from a file or standard input",
            details: "Try it first with 'coffer explain --policy FILE'.", options: Connection.options, run: setPolicy),
        Command(
            name: "cors get", operands: "s3://BUCKET",
            summary: "Print a bucket's CORS rules",
            options: Connection.options,
            run: getCORS),
        Command(
            name: "cors set", operands: "s3://BUCKET [FILE]",
            summary: "Set a bucket's CORS rules, from a file or stdin",
            details: """
                Browsers need these rules to use the bucket from other sites.
                The document is JSON as for 'aws s3api put-bucket-cors', or the XML of S3:
                  {"CORSRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "MaxAgeSeconds": 3600}]}
                """,
            options: Connection.options, run: setCORS),
        Command(
            name: "cors delete", operands: "s3://BUCKET", summary: "Delete a bucket's CORS rules",
            options: Connection.options, run: deleteCORS),
    ]

    /// Prints the document, which is JSON with or without --json.
    @Sendable private static func getPolicy(_ options: Options) async throws -> ExitCode {
        let store = try options.bucket()
        print(try await store.naming { try await store.client.getBucketPolicy(bucket: store.bucket) })
        return .success
    }

    @Sendable private static func setPolicy(_ options: Options) async throws -> ExitCode {
        let store = try options.bucket()
        try await store.naming {
            try await store.client.putBucketPolicy(
                bucket: store.bucket, policy: String(decoding: try document(options), as: UTF8.self))
        }
        say("set_policy", "policy set", store, options)
        return .success
    }

    @Sendable static func deletePolicy(_ options: Options) async throws -> ExitCode {
        let store = try options.bucket()
        try await store.naming { try await store.client.deleteBucketPolicy(bucket: store.bucket) }
        say("delete_policy", "policy deleted", store, options)
        return .success
    }

    @Sendable private static func getCORS(_ options: Options) async throws -> ExitCode {
        let store = try options.bucket()
        print(try await store.naming { try await store.client.getBucketCORS(bucket: store.bucket) }.json.text)
        return .success
    }

    @Sendable private static func setCORS(_ options: Options) async throws -> ExitCode {
        let store = try options.bucket()
        let document = try document(options)
        let isXML = document.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "<")
        let configuration: CORSConfiguration
        do throws(S3Error) {
            configuration = isXML ? try CORSConfiguration(document: document) : try CORSConfiguration(json: document)
        } catch {
            throw CommandError("the document is not a CORS configuration: \(error.message)")
        }
        try await store.naming {
            try await store.client.putBucketCORS(bucket: store.bucket, configuration: configuration)
        }
        say("set_cors", "CORS rules set", store, options)
        return .success
    }

    @Sendable private static func deleteCORS(_ options: Options) async throws -> ExitCode {
        let store = try options.bucket()
        try await store.naming { try await store.client.deleteBucketCORS(bucket: store.bucket) }
        say("delete_cors", "CORS rules deleted", store, options)
        return .success
    }

    private static func say(_ action: String, _ what: String, _ store: Store, _ options: Options) {
        report(
            "\(store.bucket): \(what)", [("Action", action), ("Bucket", store.bucket.description)], options)
    }

    private static func document(_ options: Options) throws -> [UInt8] {
        let path = options.operands.count > 1 ? options.operands[1] : "-"
        return try bytes(ofFile: path == "-" ? "/dev/stdin" : path)
    }
}

extension CORSConfiguration {
    /// The configuration as the AWS CLI prints it.
    fileprivate var json: JSONText {
        .object([("CORSRules", .list(rules.map(\.json)))])
    }

    /// Reads the JSON that the AWS CLI accepts.
    ///
    /// - Throws: `MalformedXML`, with a message that names the problem.
    fileprivate init(json document: [UInt8]) throws(S3Error) {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(document: document)
        } catch {
            throw S3Error(.malformedXML, "\(error)")
        }
        guard let list = value.object?["CORSRules"]?.array else {
            throw S3Error(.malformedXML, "the list CORSRules is missing")
        }
        var rules: [Rule] = []
        for value in list { rules.append(try Rule(value)) }
        self.init(rules: rules)
    }
}

extension CORSConfiguration.Rule {
    fileprivate var json: JSONText {
        var members: [(name: String, value: JSONText?)] = []
        if let id { members.append(("ID", .string(id))) }
        let lists = [
            ("AllowedHeaders", allowedHeaders), ("AllowedMethods", allowedMethods),
            ("AllowedOrigins", allowedOrigins), ("ExposeHeaders", exposeHeaders),
        ]
        members += lists.filter { !$0.1.isEmpty }.map { ($0.0, .list($0.1.map(JSONText.string))) }
        if let maxAgeSeconds { members.append(("MaxAgeSeconds", .number(Int64(maxAgeSeconds)))) }
        return .object(members)
    }

    fileprivate init(_ value: JSONValue) throws(S3Error) {
        let names = ["ID", "AllowedHeaders", "AllowedMethods", "AllowedOrigins", "ExposeHeaders", "MaxAgeSeconds"]
        guard let members = value.object, members.firstName(besides: names) == nil else {
            throw S3Error(.malformedXML, "a rule has an unknown member; allowed: \(names.joined(separator: ", "))")
        }
        func strings(_ name: String) throws(S3Error) -> [String] {
            guard let value = members[name] else { return [] }
            guard value.array != nil, let strings = value.strings else {
                throw S3Error(.malformedXML, "\(name) must be a list of strings")
            }
            return strings
        }
        var seconds: Int?
        if let age = members["MaxAgeSeconds"] {
            guard let whole = age.number?.integer(Int.self) else {
                throw S3Error(.malformedXML, "MaxAgeSeconds must be a whole number")
            }
            seconds = whole
        }
        self.init(
            id: members["ID"]?.string, allowedOrigins: try strings("AllowedOrigins"),
            allowedMethods: try strings("AllowedMethods"), allowedHeaders: try strings("AllowedHeaders"),
            exposeHeaders: try strings("ExposeHeaders"), maxAgeSeconds: seconds)
    }
}

import CofferClient
import CofferModel
import Testing

/// What listings can be asked for besides names: pages of a size, owners, common prefixes of versions and uploads.
struct ListingOptionsTests {
    private static let keys: [ObjectKey] = ["a/1", "a/2", "b", "c/1", "d ü"]

    private static func names<Item>(
        _ entries: [ListedEntry<Item>], _ key: (Item) -> ObjectKey
    ) -> [String] {
        entries.map { entry in
            switch entry {
            case .object(let item): key(item).description
            case .commonPrefix(let prefix): prefix
            }
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Objects come page by page, with owners and checksums where that is asked for`(
        _ service: S3Service
    ) async throws {
        try await service.with { s3, bucket in
            for key in Self.keys { try await s3.putObject(bucket: bucket, key: key, body: [1]) }
            let plain = try await s3.listObjects(bucket: bucket).collect()
            #expect(plain.allSatisfy { $0.details.owner == nil && $0.details.checksumAlgorithms == [.crc32] })
            if service != .moto {
                // Moto tells no types.
                #expect(plain.allSatisfy { $0.details.checksumType == .fullObject })
            }
            let options = ListingOptions(pageSize: 2, includesOwners: true)
            let paged = try await s3.listObjects(bucket: bucket, startAfter: "a/1", options: options).collect()
            #expect(paged.map(\.key) == Array(Self.keys[1...]))
            #expect(paged.allSatisfy { $0.details.owner?.id.isEmpty == false })
            let entries = try await s3.listEntries(bucket: bucket, options: ListingOptions(pageSize: 1)).collect()
            #expect(Self.names(entries, \.key) == ["a/", "b", "c/", "d ü"])
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Versions come with common prefixes, and from a key on`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            try await s3.putBucketVersioning(bucket: bucket, versioning: .enabled)
            for key in Self.keys + ["b"] { try await s3.putObject(bucket: bucket, key: key, body: [1]) }
            try await s3.deleteObject(bucket: bucket, key: "d ü")
            let options = ListingOptions(pageSize: service == .moto ? nil : 1)
            let entries = try await s3.listVersionEntries(bucket: bucket, options: options).collect()
            #expect(Self.names(entries, \.key) == ["a/", "b", "b", "c/", "d ü", "d ü"])
            let after = try await s3.listObjectVersions(bucket: bucket, startAfter: "b", options: options).collect()
            if service != .moto {
                // Moto tells markers behind versions, and begins with the oldest version of the key that it is to follow.
                let latest = entries.compactMap { if case .object(let version) = $0 { version.isLatest } else { nil } }
                #expect(latest == [true, false, true, false])
                #expect(after.map(\.key) == ["c/1", "d ü", "d ü"])
            }
            #expect(after.allSatisfy { $0.details.owner?.id.isEmpty == false })
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Uploads come with common prefixes, and from a key on`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            for key in Self.keys { _ = try await s3.createMultipartUpload(bucket: bucket, key: key) }
            let uploads = try await s3.listMultipartUploads(bucket: bucket, prefix: "a/").collect()
            #expect(uploads.map(\.upload.key) == ["a/1", "a/2"])
            #expect(uploads.allSatisfy { $0.initiator?.id.isEmpty == false && $0.details.owner != nil })
            if service != .moto {
                // Moto knows no pages, markers and delimiters of uploads.
                #expect(uploads.allSatisfy { $0.details.checksumAlgorithms == [.crc32] })
                let options = ListingOptions(pageSize: 1)
                let entries = try await s3.listUploadEntries(bucket: bucket, options: options).collect()
                #expect(Self.names(entries, \.upload.key) == ["a/", "b", "c/", "d ü"])
                let after = try await s3.listMultipartUploads(bucket: bucket, startAfter: "b", options: options)
                    .collect()
                #expect(after.map(\.upload.key) == ["c/1", "d ü"])
            }
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Parts come page by page`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let upload = try await s3.createMultipartUpload(bucket: bucket, key: "k")
            for number in 1...3 { _ = try await s3.uploadPart(upload: upload, number: number, body: [1]) }
            #expect(try await s3.listParts(upload: upload, pageSize: 1).collect().map(\.number) == [1, 2, 3])
        }
    }

    @Test func `How far archived objects are restored is asked for and told`() async throws {
        let entry = """
            <Key>a</Key><Size>1</Size><RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress>\
            <RestoreExpiryDate>2029-12-21T00:00:00.000Z</RestoreExpiryDate></RestoreStatus>
            """
        let service = try ScriptedService(
            ScriptedService.answer(body: "<R><Contents>\(entry)</Contents></R>"),
            ScriptedService.answer(body: "<R><Version>\(entry)</Version></R>"))
        let client = try service.client()
        let options = ListingOptions(includesRestoreStatus: true)
        let object = try await client.listObjects(bucket: "bucket", options: options).collect().first?.details
            .restoreStatus
        let version = try await client.listObjectVersions(bucket: "bucket", options: options).collect().first
        for status in [object, version?.details.restoreStatus] {
            #expect(status?.isInProgress == false && status?.expires?.iso8601 == "2029-12-21T00:00:00.000Z")
        }
        for head in service.requests {
            #expect(head.lowercased().contains("x-amz-optional-object-attributes: restorestatus\r\n"))
        }
    }

    @Test(arguments: [-1, 0, 1001])
    func `A page has a size that services know`(_ size: Int) async throws {
        let s3 = try S3Client(
            endpoint: "http://127.0.0.1:1", credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "s"))
        let options = ListingOptions(pageSize: size)
        await #expect(throws: ConfigurationError.self) {
            try await s3.listObjects(bucket: "b-1", options: options).collect()
        }
        let upload = MultipartUpload(bucket: "bucket", key: "k", id: "u")
        await #expect(throws: ConfigurationError.self) {
            try await s3.listParts(upload: upload, pageSize: size).collect()
        }
    }
}

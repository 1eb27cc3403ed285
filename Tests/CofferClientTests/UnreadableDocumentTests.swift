import CofferClient
import CofferModel
import CofferTestSupport
import Testing

/// Documents that are not what they should be: nothing of them may be taken for less than there is.
struct UnreadableDocumentTests {
    @Test(arguments: ["", "<Message>Back soon.</Message>"])
    func `What is answered without a tag was not written`(_ body: String) async throws {
        let service = try ScriptedService(ScriptedService.answer(body: body))
        let client = try service.client()
        let (source, upload) = (
            CopySource(bucket: "bucket", key: "s"), MultipartUpload(bucket: "bucket", key: "k", id: "u")
        )
        for write in [
            { _ = try await client.putObject(bucket: "bucket", key: "k", body: [1]) },
            { _ = try await client.copyObject(from: source, bucket: "bucket", key: "k") },
            { _ = try await client.uploadPart(upload: upload, number: 1, body: [1]) },
            { _ = try await client.uploadPartCopy(upload: upload, number: 1, from: source) },
            { _ = try await client.completeMultipartUpload(upload: upload, parts: []) },
        ] as [@Sendable () async throws -> Void] {
            let error = await #expect(throws: TransportError.self) { try await write() }
            #expect(error?.kind == .badResponse)
        }
    }

    @Test(arguments: ["<Contents><Key>a%2</Key></Contents>", "<Contents/>", "<CommonPrefixes/>"])
    func `A listing with a key that cannot be read is none`(_ entry: String) async throws {
        let service = try ScriptedService(
            ScriptedService.answer(
                body: "<ListBucketResult><EncodingType>url</EncodingType>"
                    + "<Contents><Key>a</Key></Contents>\(entry)</ListBucketResult>"))
        let listing = try service.client().listEntries(bucket: "bucket")
        let error = await #expect(throws: TransportError.self) { try await listing.collect() }
        #expect(error?.kind == .badResponse)
    }

    @Test func `A lifecycle rule that cannot be told whole is not told`() async throws {
        let service = try ScriptedService(
            ScriptedService.answer(
                body: "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status>"
                    + "<Transition><StorageClass>GLACIER</StorageClass></Transition></Rule></LifecycleConfiguration>"))
        let error = await #expect(throws: TransportError.self) {
            try await service.client().getBucketLifecycle(bucket: "bucket")
        }
        #expect(error?.kind == .badResponse)
    }

    @Test(arguments: [
        "<Filter><ObjectAge>3</ObjectAge></Filter>",
        "<Filter><And><Prefix>a</Prefix><ObjectAge>3</ObjectAge></And></Filter>",
        "<Expiration><Date>some day</Date><Days>1</Days></Expiration>", "<NewAction><Days>1</Days></NewAction>",
        "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays><Unless/></NoncurrentVersionExpiration>",
        "<Transition><Days>1</Days></Transition>",
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation><Unless/>"
            + "</AbortIncompleteMultipartUpload>",
    ])
    func `A lifecycle rule is not told without what limits it`(_ element: String) async throws {
        let service = try ScriptedService(
            ScriptedService.answer(
                body: "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status>"
                    + "\(element)</Rule></LifecycleConfiguration>"))
        let error = await #expect(throws: TransportError.self) {
            try await service.client().getBucketLifecycle(bucket: "bucket")
        }
        #expect(error?.kind == .badResponse)
    }

    @Test(arguments: ["", "<Size>12,345</Size>", "<Size>-1</Size>"])
    func `An object of a listing without a size is not an empty one`(_ size: String) async throws {
        let entry = "<Key>a</Key><LastModified>2026-11-24T10:00:00.000Z</LastModified>\(size)"
        let service = try ScriptedService(
            ScriptedService.answer(body: "<R><Contents>\(entry)</Contents></R>"),
            ScriptedService.answer(body: "<R><Version>\(entry)<VersionId>v</VersionId></Version></R>"))
        let client = try service.client()
        await #expect(throws: TransportError.self) { try await client.listObjects(bucket: "bucket").collect() }
        await #expect(throws: TransportError.self) { try await client.listObjectVersions(bucket: "bucket").collect() }
    }

    @Test func `An object of which nobody tells whether it was deleted counts as not deleted`() async throws {
        let service = try ScriptedService(
            ScriptedService.answer(body: "<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>"))
        let result = try await service.client().deleteObjects(bucket: "bucket", keys: ["a", "b"])
        #expect(result.deleted.map(\.key) == ["a"] && result.failed.map(\.object.key) == ["b"])
    }

    @Test(arguments: ["<PartNumber>2</PartNumber>", "<ETag>a</ETag>", "<PartNumber>two</PartNumber><ETag>a</ETag>"])
    func `Parts that cannot be read are not left out of what an object is made of`(_ part: String) async throws {
        let first = "<Part><PartNumber>1</PartNumber><ETag>a</ETag></Part>"
        let service = try ScriptedService(ScriptedService.answer(body: "<R>\(first)<Part>\(part)</Part></R>"))
        let upload = MultipartUpload(bucket: "bucket", key: "k", id: "u")
        let error = await #expect(throws: TransportError.self) {
            try await service.client().listParts(upload: upload).collect()
        }
        #expect(error?.kind == .badResponse)
    }

    @Test func `An upload of a listing without an id is an error`() async throws {
        let service = try ScriptedService(ScriptedService.answer(body: "<R><Upload><Key>k</Key></Upload></R>"))
        let error = await #expect(throws: TransportError.self) {
            try await service.client().listMultipartUploads(bucket: "bucket").collect()
        }
        #expect(error?.kind == .badResponse)
    }

    @Test func `A bucket that is one's own already has a code to look for`() async throws {
        let body = "<Error><Code>BucketAlreadyOwnedByYou</Code><Message>Yours.</Message></Error>"
        let service = try ScriptedService(ScriptedService.answer("409 Conflict", body: body))
        let error = await #expect(throws: S3Error.self) { try await service.client().createBucket(bucket: "bucket") }
        #expect(error?.code == .bucketAlreadyOwnedByYou)
    }

    @Test(arguments: [("0", "9223372036854775807"), ("-4", "4"), ("9223372036854775807", "9")])
    func `Parts of no length are not taken`(_ first: String, _ second: String) async throws {
        let sizes = [first, second].enumerated()
        let parts = sizes.map { "<Part><PartNumber>\($0 + 1)</PartNumber><Size>\($1)</Size></Part>" }.joined()
        let service = try ScriptedService(
            ScriptedService.answer(
                "200 OK", "etag: \"a-2\"", "x-amz-checksum-sha256: AAAA-2", "x-amz-checksum-type: COMPOSITE",
                length: 5),
            ScriptedService.answer("200 OK", "etag: \"a-2\"", body: "01234"),
            ScriptedService.answer(
                body: "<R><ObjectParts><PartsCount>2</PartsCount>\(parts)</ObjectParts></R>"))
        let directory = try TemporaryDirectory()
        try await service.client().download(bucket: "bucket", key: "k", to: directory.path("f"))
        #expect(try directory.bytes("f") == Array("01234".utf8))
    }

    @Test func `An error with status 200 is an error wherever a document is read`() async throws {
        let body = "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>"
        let service = try ScriptedService(ScriptedService.answer(body: body))
        let client = try service.client()
        for call in [
            { _ = try await client.listObjects(bucket: "bucket").collect() },
            { _ = try await client.listObjectVersions(bucket: "bucket").collect() },
            { _ = try await client.deleteObjects(bucket: "bucket", keys: ["a"]) },
            { _ = try await client.getObjectTagging(bucket: "bucket", key: "a") },
        ] as [@Sendable () async throws -> Void] {
            let error = await #expect(throws: S3Error.self) { try await call() }
            #expect(error?.code == .accessDenied)
        }
    }

    @Test(arguments: [
        "<NextContinuationToken>same</NextContinuationToken>", "",
    ])
    func `A listing that leads nowhere throws`(_ token: String) async throws {
        let page = "<R><IsTruncated>true</IsTruncated>\(token)<Contents><Key>a</Key></Contents></R>"
        let service = try ScriptedService(
            ScriptedService.answer(body: page), ScriptedService.answer(body: page), ScriptedService.answer(body: page),
            ScriptedService.answer(body: "<R></R>"))
        let error = await #expect(throws: TransportError.self) {
            try await service.client().listObjects(bucket: "bucket").collect()
        }
        #expect(error?.kind == .badResponse)
        #expect(service.requests.count <= 2)
    }
}

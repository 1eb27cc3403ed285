import CofferClient
import CofferModel
import CofferTestSupport
import Testing

struct ObjectTests {
    @Test(arguments: S3Service.allCases)
    func `What is written is read, with all that goes with it`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            var settings = ObjectSettings(contentType: "text/csv", metadata: ["Source": "ministry"])
            settings.contentDisposition = "attachment; filename=\"a.csv\""
            settings.contentLanguage = "de"
            settings.cacheControl = "no-cache"
            settings.tags = [Tag(key: "year", value: "2026 =+/")]
            let written = try await s3.putObject(
                bucket: bucket, key: "a/b c/ü+%.csv", body: Array("year,amount\n".utf8), settings: settings)
            #expect(written.checksums.map(\.algorithm) == [.crc32])
            let content = try await s3.getObject(bucket: bucket, key: "a/b c/ü+%.csv")
            #expect(try await content.bytes() == Array("year,amount\n".utf8))
            let info = try await s3.headObject(bucket: bucket, key: "a/b c/ü+%.csv")
            #expect(info.byteCount == 12 && info.eTag == written.eTag && info.eTag == content.info.eTag)
            #expect(info.contentType == "text/csv" && info.contentLanguage == "de")
            #expect(info.contentDisposition == "attachment; filename=\"a.csv\"" && info.cacheControl == "no-cache")
            #expect(info.metadata == ["source": "ministry"] && info.tagCount == 1)
            #expect(info.lastModified != nil)
            #expect(try await s3.getObjectTagging(bucket: bucket, key: "a/b c/ü+%.csv") == settings.tags)
        }
    }

    /// Keys are not paths, and not folded: `.` and `..`, empty segments and a slash at the end mean nothing.
    @Test(arguments: [S3Service.coffer, .moto])
    func `Keys come back byte for byte`(_ service: S3Service) async throws {
        let keys: [ObjectKey] = [
            "a/./b", "a//b", "a/b/", "trailing ", "plus+and&=?#", "\u{65}\u{301}", "\u{e9}", "quo\"te'<>&", "日本/語",
        ]
        try await service.with { s3, bucket in
            for key in keys { try await s3.putObject(bucket: bucket, key: key, body: key.bytes) }
            for key in keys { #expect(try await s3.getObject(bucket: bucket, key: key).bytes() == key.bytes) }
            #expect(try await s3.listObjects(bucket: bucket).collect().map(\.key) == keys.sorted())
        }
    }

    @Test func `A key of dots is one like any other`() async throws {
        // Not asked of moto: its web framework folds such paths before it sees them.
        try await S3Service.coffer.with { s3, bucket in
            try await s3.putObject(bucket: bucket, key: "a/../x/./y", body: [1])
            #expect(try await s3.listObjects(bucket: bucket).collect().map(\.key) == ["a/../x/./y"])
        }
    }

    @Test func `Further header fields may have names in any case`() async throws {
        try await S3Service.coffer.with { s3, bucket in
            var settings = ObjectSettings(contentType: "text/csv")
            settings.headers = ["X-Amz-Meta-Source": "ministry", "Cache-Control": "no-cache"]
            try await s3.putObject(bucket: bucket, key: "k", body: [1], settings: settings)
            let info = try await s3.headObject(bucket: bucket, key: "k")
            #expect(info.metadata == ["source": "ministry"] && info.cacheControl == "no-cache")
        }
    }

    /// Each has a request of its own: XML has no such characters, so that one would keep all from being deleted.
    @Test func `Keys that no document can hold are deleted with the others`() async throws {
        try await S3Service.coffer.with { s3, bucket in
            let keys: [ObjectKey] = ["a", "control\u{1}", "line\r\n", "no character \u{ffff}", "b"]
            for key in keys { try await s3.putObject(bucket: bucket, key: key, body: [1]) }
            let result = try await s3.deleteObjects(bucket: bucket, keys: keys)
            #expect(result.failed.isEmpty && Set(result.deleted.map(\.key)) == Set(keys))
            #expect(try await s3.listObjects(bucket: bucket).collect().isEmpty)
        }
    }

    /// URLSession and many others decode such bodies on the way.
    @Test(arguments: [S3Service.coffer, .moto])
    func `A body with a content encoding is not decoded`(_ service: S3Service) async throws {
        let compressed: [UInt8] = [
            0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 7, 0, 0x86, 0xa6, 0x10, 0x36, 5, 0, 0, 0,
        ]
        try await service.with { s3, bucket in
            var settings = ObjectSettings()
            settings.contentEncoding = "gzip"
            try await s3.putObject(bucket: bucket, key: "hello.gz", body: compressed, settings: settings)
            let content = try await s3.getObject(bucket: bucket, key: "hello.gz")
            #expect(content.info.contentEncoding == "gzip")
            #expect(try await content.bytes() == compressed)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Ranges are read`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            try await s3.putObject(bucket: bucket, key: "digits", body: Array("0123456789".utf8))
            let middle = try await s3.getObject(bucket: bucket, key: "digits", range: .from(2, through: 4))
            #expect(middle.info.range == 2..<5 && middle.info.byteCount == 10)
            #expect(try await middle.bytes() == Array("234".utf8))
            #expect(
                try await s3.getObject(bucket: bucket, key: "digits", range: .suffix(3)).bytes() == Array("789".utf8))
            let error = await #expect(throws: S3Error.self) {
                try await s3.getObject(bucket: bucket, key: "digits", range: .from(10, through: nil))
            }
            #expect(error?.code == .invalidRange)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Conditions of reads and writes hold or throw`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let first = try await s3.putObject(bucket: bucket, key: "k", body: [1], if: .absent)
            await #expect(throws: S3Error.self) {
                try await s3.putObject(bucket: bucket, key: "k", body: [2], if: .absent)
            }
            let second = try await s3.putObject(bucket: bucket, key: "k", body: [2], if: .matches(first.eTag))
            let stale = await #expect(throws: S3Error.self) {
                try await s3.putObject(bucket: bucket, key: "k", body: [3], if: .matches(first.eTag))
            }
            #expect(stale?.code == .preconditionFailed)
            let unchanged = await #expect(throws: S3Error.self) {
                try await s3.getObject(bucket: bucket, key: "k", if: ReadConditions(matchesNot: second.eTag))
            }
            #expect(unchanged?.code == .notModified)
            #expect(
                try await s3.getObject(bucket: bucket, key: "k", if: ReadConditions(matches: second.eTag)).bytes() == [
                    2
                ])
        }
    }

    @Test(arguments: S3Service.allCases)
    func `What is missing throws the service's error`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let missing = await #expect(throws: S3Error.self) { try await s3.getObject(bucket: bucket, key: "missing") }
            #expect(missing?.code == .noSuchKey && missing?.code.status == 404)
            #expect(missing?.message == "The specified key does not exist." && missing?.requestID?.isEmpty == false)
            let head = await #expect(throws: S3Error.self) { try await s3.headObject(bucket: bucket, key: "missing") }
            #expect(head?.code == .notFound && head?.code.status == 404)
        }
    }

    @Test func `Without credentials only what is public is read`() async throws {
        try await CofferFixture.with { fixture in
            let s3 = try fixture.client()
            try await s3.createBucket(bucket: "bucket")
            var settings = ObjectSettings()
            settings.acl = .publicRead
            try await s3.putObject(bucket: "bucket", key: "public", body: [1], settings: settings)
            try await s3.putObject(bucket: "bucket", key: "private", body: [2])
            let anonymous = try fixture.client(credentials: .anonymous)
            #expect(try await anonymous.getObject(bucket: "bucket", key: "public").bytes() == [1])
            let error = await #expect(throws: S3Error.self) {
                _ = try await anonymous.getObject(bucket: "bucket", key: "private")
            }
            #expect(error?.code == .accessDenied)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Many objects are listed and deleted over several pages`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let keys = try (0..<1203).map { try ObjectKey("k/\($0 % 3)/\($0)") }
            try await withThrowingTaskGroup { group in
                for part in 0..<16 {
                    group.addTask {
                        for index in stride(from: part, to: keys.count, by: 16) {
                            try await s3.putObject(bucket: bucket, key: keys[index], body: [])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await s3.listObjects(bucket: bucket).collect().map(\.key) == keys.sorted())
            #expect(try await s3.listObjects(bucket: bucket, prefix: "k/1/").collect().count == 401)
            let after = try await s3.listObjects(bucket: bucket, startAfter: "k/2/").collect()
            #expect(after.count == 401)
            let entries = try await s3.listEntries(bucket: bucket, prefix: "k/").collect()
            let prefixes = entries.map { if case .commonPrefix(let prefix) = $0 { prefix } else { "" } }
            #expect(prefixes == ["k/0/", "k/1/", "k/2/"])
            let result = try await s3.deleteObjects(bucket: bucket, keys: keys)
            #expect(result.deleted.count == keys.count && result.failed.isEmpty)
            #expect(try await s3.listObjects(bucket: bucket).collect().isEmpty)
            try await s3.deleteBucket(bucket: bucket)
            await #expect(throws: S3Error.self) { try await s3.headBucket(bucket: bucket) }
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Objects are copied, with their settings or others`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let source: ObjectKey = "fröm +%"
            let written = try await s3.putObject(
                bucket: bucket, key: source, body: [1, 2, 3],
                settings: ObjectSettings(contentType: "text/a", metadata: ["k": "v"]))
            let copy = try await s3.copyObject(
                from: CopySource(bucket: bucket, key: source), bucket: bucket, key: "same")
            #expect(copy.eTag == written.eTag)
            #expect(try await s3.headObject(bucket: bucket, key: "same").metadata == ["k": "v"])
            try await s3.copyObject(
                from: CopySource(bucket: bucket, key: source), bucket: bucket, key: "other",
                settings: ObjectSettings(contentType: "text/b"),
                ifSource: ReadConditions(matches: written.eTag))
            let other = try await s3.headObject(bucket: bucket, key: "other")
            #expect(other.contentType == "text/b" && other.metadata.isEmpty)
            let error = await #expect(throws: S3Error.self) {
                try await s3.copyObject(
                    from: CopySource(bucket: bucket, key: source), bucket: bucket, key: "third",
                    ifSource: ReadConditions(matchesNot: written.eTag))
            }
            #expect(error?.code == .preconditionFailed)
        }
    }
}

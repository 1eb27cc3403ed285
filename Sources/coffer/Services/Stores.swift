import CofferClient
import CofferModel
import CofferTransfer

extension Store {
    /// - Throws: ``UsageError`` if the URL names no bucket.
    init(_ url: S3URL, _ options: Options) throws {
        guard let bucket = url.bucket else { throw options.usage("\(url) has no bucket: the form is s3://BUCKET/KEY") }
        self.init(try Connection(options, alias: url.alias).client(), bucket, alias: url.alias)
    }

    /// Returns the number and size of an upload's parts; nil for an upload that has ended.
    func usage(of upload: MultipartUpload) async throws -> (partCount: Int, byteCount: Int64)? {
        var usage = (partCount: 0, byteCount: Int64(0))
        do {
            for try await part in client.listParts(upload: upload) {
                usage.partCount += 1
                usage.byteCount += part.byteCount ?? 0
            }
        } catch let error as S3Error where error.code.name == "NoSuchUpload" {
            return nil
        }
        return usage
    }
}

extension Options {
    /// Returns an operand that names a bucket or a prefix in it.
    func location(_ index: Int = 0) throws -> (store: Store, prefix: String) {
        let url = try S3URL(operands[index])
        return (try Store(url, self), url.key)
    }

    /// Returns an operand that names a bucket and nothing in it.
    ///
    /// - Parameter takesName: whether a plain bucket name is accepted, for commands whose operand can only be a bucket.
    func bucket(_ index: Int = 0, takesName: Bool = false) throws -> Store {
        let text = operands[index]
        let isName = takesName && !S3URL.isOne(text) && !text.contains("/")
        if isName, AliasPath(text) != nil {
            throw usage(
                "'\(text)' is an alias: give its bucket as \(text)/BUCKET, or \(S3URL.scheme)\(text) for a bucket of that name"
            )
        }
        let url = try S3URL(isName ? "\(S3URL.scheme)\(try S3URL.bucketName(text))" : text)
        guard url.key.isEmpty else { throw usage("'\(url)' is an object or a folder: give only the bucket") }
        return try Store(url, self)
    }

    /// Returns an operand that names an object.
    func object(_ index: Int = 0) throws -> (store: Store, key: ObjectKey) {
        let url = try S3URL(operands[index])
        guard !url.key.isEmpty else { throw usage("\(url) has no key: the form is s3://BUCKET/KEY") }
        return (try Store(url, self), try ObjectKey(url.key))
    }
}

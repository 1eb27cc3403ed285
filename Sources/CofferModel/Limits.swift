/// The limits of S3, each with its source.
public enum Limits {
    /// Longest key, in bytes of UTF-8 (S3 User Guide, "Naming Amazon S3 objects").
    public static let keyByteCount = 1024
    /// Longest reason of a refusal, in bytes: it must fit into a header field.
    package static let reasonByteCount = 1024
    /// Largest body of one PUT, 5 GiB (S3 API Reference, PutObject).
    public static let putByteCount: Int64 = 5 << 30
    /// Largest object that a multipart upload can make, 50 TB (S3 User Guide, "Multipart upload limits").
    public static let objectByteCount: Int64 = 50_000_000_000_000
    /// Most parts of an upload, numbered from 1 (same page).
    public static let partCount = 10_000
    /// Smallest part that is not the last, 5 MiB (same page).
    public static let partByteCount: Int64 = 5 << 20
    /// Most entries of one page of ListParts (S3 API Reference, ListParts).
    public static let listPartCount = 1000
    /// Most entries of one page of ListMultipartUploads (S3 API Reference, ListMultipartUploads).
    public static let listUploadCount = 1000
    /// Largest XML or JSON document of a request, in bytes, unless one of the limits below applies.
    public static let documentByteCount = 1 << 20
    /// Largest DeleteObjects document: 1,000 keys of 1,024 bytes do not fit the general limit.
    public static let deleteDocumentByteCount = 2 << 20
    /// Largest CompleteMultipartUpload document: 10,000 parts with a checksum each.
    public static let partsDocumentByteCount = 4 << 20
    /// Deepest nesting of elements in a request's XML; S3's own documents need fewer than ten.
    public static let documentDepth = 32
    /// Longest XML tag, in bytes, and most attributes of all open elements together; S3's own documents have three.
    package static let tagByteCount = 1024
    package static let openAttributeCount = 16
    /// Most elements, comments, sections and processing instructions of an XML document: 10,000 parts with two
    /// checksums each have 50,001.
    package static let markupCount = 60_000
    /// Largest bucket policy, in bytes (S3 User Guide, "Bucket policies").
    public static let policyByteCount = 20 * 1024
    /// Most grants of one ACL (S3 User Guide, "Access control list (ACL) overview").
    public static let grantCount = 100
    /// Most keys of one DeleteObjects request (S3 API Reference, DeleteObjects).
    public static let deleteKeyCount = 1000
    /// Most entries of one page of a listing (S3 API Reference, ListObjectsV2).
    public static let listKeyCount = 1000
    /// Most buckets of one page of ListBuckets (S3 API Reference, ListBuckets).
    public static let listBucketCount = 10_000
    /// Largest CORS document, in bytes (S3 API Reference, PutBucketCors).
    public static let corsByteCount = 64 << 10
    /// Most bytes of a rule's exposed header names together: they become one field of every response.
    public static let exposeHeadersByteCount = 8 << 10
    /// Most rules of a CORS configuration (S3 User Guide, "CORS").
    public static let corsRuleCount = 100
    /// Most bytes of user metadata of one object, names and values together (S3 User Guide, "Object metadata").
    public static let userMetadataByteCount = 2048
    /// Most tags of one object (S3 User Guide, "Object tagging").
    public static let objectTagCount = 10
    /// Most characters of a tag's key, counted as Unicode scalars (same page).
    public static let tagKeyLength = 128
    /// Most characters of a tag's value, counted as Unicode scalars (same page).
    public static let tagValueLength = 256
    /// Most tags of one bucket (S3 User Guide, "Using cost allocation S3 bucket tags").
    public static let bucketTagCount = 50
    /// Longest restoration of an archived object, in days: a hundred years.
    public static let restoreDayCount = 36_500
    /// Longest lifetime of a presigned URL of Signature Version 4: 7 days, in seconds.
    public static let presignedSeconds = 604_800
    /// Largest difference between a signed request's time and the server's, in seconds.
    public static let clockSkewSeconds: Int64 = 15 * 60
    /// Most names in `SignedHeaders`; each one is searched for among the request's headers.
    public static let signedHeaderCount = 128
    /// Smallest chunk of an aws-chunked body, except the last, signed or not, in bytes (S3 API Reference,
    /// "sigv4-streaming").
    public static let chunkByteCount = 8192
    /// Longest line of aws-chunked framing, in bytes: size, signature and extensions, or one trailing header.
    public static let chunkLineByteCount = 4096
}

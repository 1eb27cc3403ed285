import CofferHTTP
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// An operation of the S3 API: the permissions that it requires, the parameters that it reads, and its implementation.
///
/// To add one, create a file of its name in a folder of `Operations` and add its row to ``Router``.
protocol S3Operation: Sendable {
    /// The name in the S3 API Reference.
    static var name: String { get }
    /// How the request's body is used.
    static var body: BodyKind { get }
    /// The reason why it is never performed for anonymous callers, whatever policies and ACLs allow; nil if it may be.
    static var anonymousRefusal: String? { get }
    /// Whether it may take so long that its response must begin before it is done. The response is then 200, without
    /// the status and fields of the actual response, whose document follows, whether it is a result or an error.
    static var mayTakeLong: Bool { get }
    /// Whether `x-amz-sdk-checksum-algorithm` must name the algorithm of the checksum that is sent. For other
    /// operations the checksum counts and the name is ignored (S3 API Reference, of each operation).
    static var mustNameChecksum: Bool { get }
    /// Returns the permissions that the principal must have. Uses only the target and headers.
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission]
    /// Reads the request's headers and query, and refuses invalid ones before a body is read.
    init(_ request: S3Request) throws(S3Error)
    /// Returns how the body of an object or part is to be received. Refuses requests that are known to fail before the
    /// body arrives.
    func bodyRequirements(_ call: Authorized<Self>) async throws(S3Error) -> BodyRequirements
    /// Performs the operation, and returns the response.
    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse
}

extension S3Operation {
    static var name: String { String(describing: Self.self) }
    static var body: BodyKind { .none }
    static var anonymousRefusal: String? { nil }
    static var mayTakeLong: Bool { false }
    static var mustNameChecksum: Bool { false }
    func bodyRequirements(_ call: Authorized<Self>) throws(S3Error) -> BodyRequirements { BodyRequirements() }
}

/// AWS's messages for refusing anonymous callers.
enum AnonymousRefusal {
    static let usual = "Anonymous users cannot invoke this API. Please authenticate."
    static let copy = "Anonymous users cannot copy objects.  Please authenticate."
    static let upload = "Anonymous users cannot initiate multipart uploads.  Please authenticate."

    static func action(_ name: String) -> String { "s3:\(name) does not support Anonymous requests!" }
}

/// The requirements that an operation sets before the body arrives: how the body of an object or part is received, and
/// which conditions must hold.
struct BodyRequirements: Sendable {
    /// How the body is encrypted; nil if it is not encrypted.
    var sealing: Sealing?
    /// The checksum that the operation requires besides the client's.
    var checksum: Need?
    /// The condition on the existing object when the body has arrived; it is created before, to detect changes in the
    /// meantime.
    var condition: WriteCondition?
    /// The permitted body sizes, where the length is not declared in advance.
    var lengthRange: PostPolicy.LengthRange?

    enum Need: Sendable {
        /// CRC64NVME, if the client sends no checksum.
        case ifAbsent
        /// The algorithm's checksum in any case.
        case always(ChecksumAlgorithm)
    }
}

/// The kind of body that an operation takes.
enum BodyKind: Sendable {
    /// Nothing: the body should be empty, and a short one is ignored.
    case none
    /// A document of limited size, held in memory.
    ///
    /// - Parameter hasChecksum: whether the `x-amz-checksum-` headers describe the document rather than an object.
    case document(limit: Int, needsDigest: Bool = false, hasChecksum: Bool = true)
    /// The bytes of an object or a part, which are streamed to the store.
    case object
    /// A form whose file becomes an object, and is streamed to the store: see ``FormBody``.
    case form

    /// Whether the body is held in memory until it is complete.
    var isHeldInMemory: Bool {
        switch self {
        case .none, .document: true
        case .object, .form: false
        }
    }
}

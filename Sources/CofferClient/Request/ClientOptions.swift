public import CofferModel
package import CofferSystem

/// The options of a client.
public struct ClientOptions: Sendable {
    /// How often requests that fail for a transient reason are sent again.
    public var retries = RetryPolicy()
    /// The checksum of written content, computed here and verified by the service, and by later readers; nil sends
    /// none.
    ///
    /// CRC32 is what AWS's own SDKs send, so that every service knows it.
    public var checksum: ChecksumAlgorithm? = .crc32
    /// Whether signatures cover the bodies of long uploads.
    public var payloadSigning = PayloadSigning.automatic
    /// The path of a PEM file with the certificates to trust; nil for `AWS_CA_BUNDLE`, or the system's. A custom
    /// ``transport`` decides for itself what it trusts.
    public var certificateAuthorities = SharedConfiguration.process["AWS_CA_BUNDLE"]

    /// The transport that sends the requests; nil for libcurl (``CurlTransport``).
    public var transport: (any HTTPTransport)?

    /// Sees the requests and their responses; nil for none.
    public var hook: (any RequestHook)?

    package var clock = ServiceClock.system

    /// Creates the default options.
    public init() {}

    package var chosenTransport: any HTTPTransport {
        if let transport { return transport }
        return certificateAuthorities.map { CurlTransport(certificateAuthorities: $0) } ?? CurlTransport.shared
    }

    /// Whether signatures cover the bodies of long uploads.
    public enum PayloadSigning: Sendable {
        /// Only over plain HTTP to other machines, where nothing else protects them.
        case automatic
        /// For every body, which is read twice.
        case always
    }
}

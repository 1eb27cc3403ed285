import CofferHTTP
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

extension UploadChecksum {
    private static let algorithmHeader = "x-amz-checksum-algorithm"

    /// Returns the algorithm that `x-amz-checksum-algorithm` names; nil if the header is missing.
    static func algorithm(_ request: S3Request) throws(S3Error) -> ChecksumAlgorithm? {
        try request.headers[algorithmHeader].map { name throws(S3Error) in try ChecksumAlgorithm(named: name) }
    }

    /// Reads the checksum that CreateMultipartUpload requests; nil if it leaves the choice to the server.
    init?(_ request: S3Request) throws(S3Error) {
        let typeText = request.headers[ChecksumType.header]
        guard let algorithm = try Self.algorithm(request) else {
            guard typeText == nil else {
                throw S3Error(
                    .invalidRequest,
                    "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
            }
            return nil
        }
        guard let typeText else {
            self.init(algorithm: algorithm, type: algorithm.defaultMultipartType)
            return
        }
        let type = try ChecksumType(header: typeText)
        guard algorithm.multipartTypes.contains(type) else {
            throw S3Error(
                .invalidRequest,
                "The \(type.rawValue) checksum type cannot be used with the \(algorithm.rawValue.lowercased()) checksum algorithm."
            )
        }
        self.init(algorithm: algorithm, type: type)
    }

    /// The checksum of an upload that requests none.
    static let initial = UploadChecksum(algorithm: .crc64nvme, type: .fullObject)
}

extension ChecksumType {
    static let header = "x-amz-checksum-type"

    /// Reads `x-amz-checksum-type`, ignoring case.
    ///
    /// - Throws: `InvalidRequest` for an unknown type.
    init(header: String) throws(S3Error) {
        guard let type = ChecksumType(rawValue: header.uppercased()) else {
            throw S3Error(.invalidRequest, "Value for x-amz-checksum-type header is invalid.")
        }
        self = type
    }
}

import CofferClient
import CofferModel
import CofferTransfer

/// What to do about errors that can happen in several commands.
enum Advice {
    /// Returns text that goes after the error's own, or nothing.
    static func text(on error: any Error) -> String {
        switch error {
        case let error as StoreError: text(on: error.problem) + text(on: error.error)
        case .emptySource as TransferError: ": add --force if that is meant"
        case let error as TransferError where error.lacksConditions: ". 'coffer rm' deletes whatever is there"
        case is ConfigurationError: keys
        case let error as S3Error where ["InvalidAccessKeyId", "SignatureDoesNotMatch"].contains(error.code.name): keys
        case let error as TransportError where error.kind == .cannotConnect:
            "\nIs a server running there? 'coffer serve' starts one; --endpoint and --alias choose another"
        case let error as TransportError where error.kind == .untrusted: authorities
        default: ""
        }
    }

    private static func text(on problem: StoreError.Problem) -> String {
        switch problem {
        case .noSuchBucket: ": 'coffer ls' lists yours, 'coffer mb' makes one"
        case .bucketNotEmpty: ": 'coffer rb --force' deletes everything in it"
        case .noSuchObject: ": 'coffer ls' lists those that are there"
        case .noSuchVersion: ": 'coffer ls --versions' lists them"
        case .deleted: ": 'coffer ls --versions' lists the versions that it had"
        case .isFolder: ": 'coffer ls' lists what is in it"
        case .other: ""
        }
    }

    private static let keys = """

        Keys come from 'coffer alias set' and --alias, or from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY;
        --no-sign-request makes anonymous requests
        """

    private static var authorities: String {
        guard let file = environment("AWS_CA_BUNDLE") else {
            return "\nTo trust an authority of your own, set AWS_CA_BUNDLE=FILE"
        }
        return "\nAWS_CA_BUNDLE names \(printable(file)) as the file of trusted authorities"
    }
}

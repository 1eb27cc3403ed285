import CofferClient
import CofferModel
import CofferTransfer

/// What to do about errors that can happen in several commands.
enum Advice {
    /// Returns text that goes after the error's own, or nothing.
    static func text(on error: any Error) -> String {
        switch error {
        case let error as StoreError: text(on: error.problem) + text(on: error.error)
        case .emptySource as TransferError: ": add --force if you want that"
        case let error as TransferError where error.lacksConditions: ". 'coffer rm' deletes it unconditionally"
        case is ConfigurationError: keys
        case let error as S3Error where ["InvalidAccessKeyId", "SignatureDoesNotMatch"].contains(error.code.name): keys
        case let error as TransportError where error.kind == .cannotConnect:
            "\nIs a server running there? 'coffer serve' starts one; --endpoint or --alias selects another"
        case let error as TransportError where error.kind == .untrusted: authorities
        default: ""
        }
    }

    private static func text(on problem: StoreError.Problem) -> String {
        switch problem {
        case .noSuchBucket: ": 'coffer ls' lists yours, 'coffer mb' creates one"
        case .bucketNotEmpty: ": 'coffer rb --force' deletes everything in it"
        case .noSuchObject: ": 'coffer ls' lists the existing ones"
        case .noSuchVersion: ": 'coffer ls --versions' lists them"
        case .deleted: ": 'coffer ls --versions' lists its versions"
        case .isFolder: ": 'coffer ls' lists what is in it"
        case .other: ""
        }
    }

    private static let keys = """

        Give keys with 'coffer alias set' and --alias, or with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY;
        --no-sign-request sends anonymous requests
        """

    private static var authorities: String {
        guard let file = environment("AWS_CA_BUNDLE") else {
            return "\nTo trust your own certificate authority, set AWS_CA_BUNDLE=FILE"
        }
        return "\nThe trusted certificate authorities are those in AWS_CA_BUNDLE=\(printable(file))"
    }
}

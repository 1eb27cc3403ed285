import CofferClient
import CofferFiscal
import CofferModel

/// `coffer package …`: Fiscal Data Packages, in directories, on web servers and in buckets.
enum PackageCommands {
    static let all = [
        PackageInitCommand.command, PackageValidateCommand.command, PackagePublishCommand.command,
        PackageDeriveCommand.command, PackageRemoveCommand.command, PackageListCommand.command,
        PackageShowCommand.command,
    ]

    /// How to write the place of a package, for the help.
    static let places =
        "PACKAGE is a directory, or a URL with http, https or s3, or the path or URL of its datapackage.json."

    static let options = Connection.options

    static let fetch = Option(
        "fetch",
        help: "fetch what the descriptor references by URL: data, and at most 100 schemas and dialects of up to 2 MiB; "
            + "without it, only the package's own URL is requested")

    static let allowUnread = Option(
        "allow-unread", help: "do not fail because of tables that are not read; they are listed anyway")

    /// Returns the source of a package, chosen by how its place is written.
    static func source(_ text: String, _ options: Options) throws -> any PackageSource {
        do throws(PackagePath.Fault) {
            if text.hasPrefix("http://") || text.hasPrefix("https://") { return try WebSource(text) }
        } catch {
            throw options.usage("\(text): \(error.reason)")
        }
        guard S3URL.isOne(text) else { return DirectorySource(text) }
        let (client, place) = try bucket(text, options)
        return BucketSource(client, place)
    }

    /// Returns a place in a bucket, and a client of the service that hosts it.
    static func bucket(_ text: String, _ options: Options) throws -> (client: S3Client, place: BucketPlace) {
        do {
            let url = try S3URL(text)
            let plain = url.bucket.map { "\(S3URL.scheme)\($0)/\(url.key)" } ?? text
            return (try Connection(options, alias: url.alias).client(), try BucketPlace(plain))
        } catch let fault as PackagePath.Fault {
            throw options.usage("\(text): \(fault.reason)")
        } catch let error as CommandError {
            throw options.usage(error.description)
        } catch let error as S3Error {
            throw options.usage("\(text): \(error.message)")
        }
    }

    /// Prints why a package cannot be used.
    ///
    /// - Parameter advice: what to do, if the command can work despite errors in the package.
    static func refuse(_ report: Report, _ options: Options, advice: String? = nil) -> ExitCode {
        if options.wantsJSON { print(report.json) } else { printError(report.text) }
        if let advice, report.hasDescriptor { printError(printable(advice)) }
        return .negative
    }
}

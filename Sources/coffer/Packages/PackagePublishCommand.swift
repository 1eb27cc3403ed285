import CofferFiscal
import CofferModel

/// `coffer package publish`: validates a package and puts it into a bucket.
enum PackagePublishCommand {
    static let command = Command(
        name: "package publish", operands: "PACKAGE s3://BUCKET/PREFIX",
        summary: "Validate a package and upload it to a bucket",
        details: """
            The files that the descriptor names are uploaded in parallel, and the descriptor last, so that
            no reader finds a descriptor without its data. What is already there, by MD5, is not sent
            again. Nothing else is deleted. If another package is there, nothing is written without
            --replace. If publishing fails, the new objects are removed.

            Exit codes: 0 published; 3 the package is invalid; 1 failure; 64 wrong options

            Example
              coffer package publish my-package s3://datastore.example.org/me/my-package/
            """,
        options: [
            Option("allow-invalid", help: "publish a package despite its errors, which are printed"),
            Option("replace", help: "replace another package; files that only that one has are kept"),
            PackageCommands.fetch,
            Option(
                "acl", "ACL",
                help: "set a canned ACL of what is written, such as public-read; default: the bucket's policy decides"
            ),
        ] + PackageCommands.options, run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let (client, place) = try PackageCommands.bucket(options.operands[1], options)
        let publication = Publication(
            try PackageCommands.source(options.operands[0], options), to: place, client,
            allowsInvalid: options.isGiven("allow-invalid"), acl: try options.choice("acl") as CannedACL?,
            replaces: options.isGiven("replace"), fetches: options.isGiven("fetch"))
        do throws(PublicationError) {
            let summary = try await publication.publish()
            if !summary.report.findings.isEmpty { printError(summary.report.text) }
            let rows = summary.written.map { ["written", $0] } + summary.unchanged.map { ["unchanged", $0] }
            Table(columns: ["state", "path"], rows: rows).print(asJSON: options.wantsJSON)
            return .success
        } catch {
            guard case .invalid(let report) = error else { throw error }
            return PackageCommands.refuse(
                report, options,
                advice: "Nothing was published: fix the errors, or publish the package as it is with --allow-invalid.")
        }
    }
}

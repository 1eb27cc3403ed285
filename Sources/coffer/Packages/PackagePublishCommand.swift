import CofferFiscal
import CofferModel

/// `coffer package publish`: validates a package and puts it into a bucket.
enum PackagePublishCommand {
    static let command = Command(
        name: "package publish", operands: "PACKAGE s3://BUCKET/PREFIX",
        summary: "validate a package and put it into a bucket",
        details: """
            The files that the descriptor names go up in parallel, and the descriptor last: who finds it finds what it names.
            What is there already, told by its MD5, is not sent again. Nothing that was there is deleted, and where another
            package is there nothing is written without --replace. If it fails, what it made is taken back.

            Exit codes: 0 published, 3 the package is not valid, 1 it failed, 64 wrong options

            Example
              coffer package publish my-package s3://datastore.example.org/me/my-package/
            """,
        options: [
            Option("allow-invalid", help: "publish a package with errors as well; they are printed"),
            Option("replace", help: "write into the place of another package; files that only that one has stay"),
            PackageCommands.fetch,
            Option(
                "acl", "ACL",
                help: "a canned ACL of what is written, such as public-read; the bucket's policy decides else"
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
                advice: "Nothing is published: mend the errors, or publish it as it is with --allow-invalid.")
        }
    }
}

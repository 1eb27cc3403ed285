import CofferFiscal
import CofferModel

/// `coffer package show`: the contents of a package, according to its descriptor.
enum PackageShowCommand {
    static let command = Command(
        name: "package show", operands: "PACKAGE", summary: "Show what is in a package",
        details: """
            \(PackageCommands.places)
            Only the descriptor is read.

            Exit codes: 0 shown; 3 no readable descriptor; 1 failure; 64 wrong options
            """, options: PackageCommands.options, run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let source = try PackageCommands.source(options.operands[0], options)
        do throws(PackageError) {
            let package = try await PackageOverview(of: source)
            print(options.wantsJSON ? json(package).text : text(package))
            return .success
        } catch {
            guard case .invalid(let report) = error else { throw error }
            return PackageCommands.refuse(report, options)
        }
    }

    private static func text(_ package: PackageOverview) -> String {
        var lines = [[package.name, package.title].compactMap { $0 }.joined(separator: ": ")]
        if let description = package.description, !description.isEmpty { lines.append(description) }
        if let start = package.fiscalStart { lines.append("Period: \(start) to \(package.fiscalEnd ?? "…")") }
        if !package.countryCodes.isEmpty { lines.append("Country: \(package.countryCodes.joined(separator: ", "))") }
        for resource in package.resources {
            let title = resource.title.map { " (\($0))" } ?? ""
            lines += ["", "\(resource.name)\(title): \(resource.paths.joined(separator: ", "))"]
            lines += resource.fields.map { "  \($0.name), \($0.type)" }
        }
        if !package.measures.isEmpty { lines += ["", "Measures"] + package.measures.map(line) }
        if !package.dimensions.isEmpty { lines += ["", "Dimensions"] + package.dimensions.map(line) }
        if package.errorCount + package.warningCount > 0 {
            lines += ["", "The descriptor has \(package.errorCount) errors and \(package.warningCount) warnings."]
        }
        return lines.map(printable).joined(separator: "\n")
    }

    private static func line(_ measure: PackageOverview.Measure) -> String {
        let words = [measure.currency, measure.phase, measure.factor == 1 ? nil : "times \(measure.factor)"]
        return "  \(measure.name), of \(measure.source): \(words.compactMap { $0 }.joined(separator: ", "))"
    }

    private static func line(_ dimension: PackageOverview.Dimension) -> String {
        let type = dimension.type.map { ", \($0)" } ?? ""
        return "  \(dimension.name)\(type): \(dimension.attributes.joined(separator: ", "))"
    }

    private static func json(_ package: PackageOverview) -> JSONText {
        .object([
            ("location", .string(package.location)), ("name", JSONText(package.name)),
            ("title", JSONText(package.title)),
            ("description", JSONText(package.description)), ("fiscal", .bool(package.isFiscal)),
            ("countryCodes", .list(package.countryCodes.map(JSONText.string))),
            ("fiscalStart", JSONText(package.fiscalStart)), ("fiscalEnd", JSONText(package.fiscalEnd)),
            ("resources", .list(package.resources.map(json))), ("measures", .list(package.measures.map(json))),
            ("dimensions", .list(package.dimensions.map(json))), ("errors", .number(Int64(package.errorCount))),
            ("warnings", .number(Int64(package.warningCount))),
        ])
    }

    private static func json(_ resource: PackageOverview.Resource) -> JSONText {
        let fields = resource.fields.map { field in
            JSONText.object([("name", .string(field.name)), ("type", .string(field.type))])
        }
        return .object([
            ("name", .string(resource.name)), ("title", JSONText(resource.title)),
            ("paths", .list(resource.paths.map(JSONText.string))), ("fields", .list(fields)),
        ])
    }

    private static func json(_ measure: PackageOverview.Measure) -> JSONText {
        .object([
            ("name", .string(measure.name)), ("source", .string(measure.source)),
            ("currency", JSONText(measure.currency)),
            ("factor", .decimal(measure.factor)), ("phase", JSONText(measure.phase)),
        ])
    }

    private static func json(_ dimension: PackageOverview.Dimension) -> JSONText {
        .object([
            ("name", .string(dimension.name)), ("type", JSONText(dimension.type)),
            ("attributes", .list(dimension.attributes.map(JSONText.string))),
        ])
    }
}

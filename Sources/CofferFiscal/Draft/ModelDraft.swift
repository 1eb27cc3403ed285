import CofferModel

/// A model of version 0.3 for tables: amounts become measures, and all other columns dimensions.
struct ModelDraft {
    /// The model; nil if no column looks like an amount of money, or none like a dimension of it.
    private(set) var json: JSONText?
    private(set) var measures: [String] = []

    private typealias Members = [(name: String, value: JSONText?)]

    /// Creates a model. Tables without an amount, such as lists of codes, are not part of it.
    init(_ tables: [(name: String, table: TableDraft)], currency: String) {
        var (measures, dimensions): (Members, Members) = ([], [])
        var names: [String] = []
        var (measureNames, dimensionNames) = (UniqueNames(), UniqueNames())
        for (resource, table) in tables {
            let labels = table.profile.labels
            // A number with a label is a code.
            let amounts = table.profile.named.filter { $0.guess.isAmount && labels[$0.name] == nil }
            guard !amounts.isEmpty else { continue }
            for column in amounts {
                let source = Self.source(column.name, resource) + [("currency", .string(currency))]
                measures.append((measureNames.next(ColumnName(column.name).key, "_"), .object(source)))
                names.append("\(resource).\(column.name)")
            }
            let amountNames = Set(amounts.map(\.name))
            for group in Self.groups(table.profile) where !amountNames.contains(group.code.name) {
                dimensions.append((dimensionNames.next(group.name, "_"), Self.dimension(group, resource)))
            }
        }
        guard !measures.isEmpty, !dimensions.isEmpty else { return }
        self.measures = names
        json = .object([("measures", .object(measures)), ("dimensions", .object(dimensions))])
    }

    private static func source(_ column: String, _ resource: String) -> Members {
        [("source", .string(column)), ("resource", .string(resource))]
    }

    // MARK: Dimensions

    /// A code and its labels, or a column alone.
    private struct Group {
        let name: String
        let code: ColumnProfile
        let labels: [ColumnProfile]
    }

    private static func groups(_ table: TableProfile) -> [Group] {
        let labels = table.labels
        let labelNames = Set(labels.values.joined().map(\.name))
        return table.named.filter { !labelNames.contains($0.name) }.map { column in
            let name = ColumnName(column.name)
            let isCode = labels[column.name] != nil || name.isCode
            let stem = isCode ? name.stem.joined(separator: "_") : name.key
            return Group(name: stem.isEmpty ? name.key : stem, code: column, labels: labels[column.name] ?? [])
        }
    }

    private static func dimension(_ group: Group, _ resource: String) -> JSONText {
        let code = ColumnName(group.code.name).key
        var attributes: Members = [(code, .object(source(group.code.name, resource)))]
        var names = UniqueNames(taken: [code])
        for label in group.labels {
            let members = source(label.name, resource) + [("labelfor", .string(code))]
            attributes.append((names.next(ColumnName(label.name).key, "_"), .object(members)))
        }
        return .object(kind(group) + [("attributes", .object(attributes)), ("primaryKey", .string(code))])
    }

    /// Guesses the kind of a dimension from common meanings of column names.
    private static func kind(_ group: Group) -> Members {
        let name = ColumnName(group.code.name)
        if group.code.guess.isTime || name.isTime { return [("dimensionType", .string("datetime"))] }
        if name.isPlace { return [("dimensionType", .string("location"))] }
        let stem = group.name
        let classifications = [
            ("functional", ["func", "cofog"]),
            ("administrative", ["admin", "unit", "ministry", "department", "agency"]),
            ("economic", ["econ", "gfs", "object"]),
        ]
        for (type, beginnings) in classifications where beginnings.contains(where: { stem.hasPrefix($0) }) {
            return [("dimensionType", .string("classification")), ("classificationType", .string(type))]
        }
        return [("dimensionType", .string("other"))]
    }
}

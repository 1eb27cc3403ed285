import CofferModel

/// A model of version 0.3 for tables: numbers become measures, and all else dimensions.
struct ModelDraft {
    /// nil where nothing looks like money, or like what it is for.
    private(set) var json: JSONText?
    private(set) var measures: [String] = []

    private typealias Members = [(name: String, value: JSONText?)]

    /// Tables without an amount, such as lists of codes, have no part in the model.
    init(_ tables: [(name: String, table: TableDraft)], currency: String) {
        var (measures, dimensions): (Members, Members) = ([], [])
        var names: [String] = []
        for (resource, table) in tables {
            let labels = table.profile.labels
            // A number with a label is a code.
            let amounts = table.profile.named.filter { $0.guess.isAmount && labels[$0.name] == nil }
            guard !amounts.isEmpty else { continue }
            for column in amounts {
                let source = Self.source(column.name, resource) + [("currency", .string(currency))]
                measures.append((Self.unique(ColumnName(column.name).key, measures), .object(source)))
                names.append("\(resource).\(column.name)")
            }
            for group in Self.groups(table.profile) where !amounts.contains(where: { $0.name == group.code.name }) {
                dimensions.append((Self.unique(group.name, dimensions), Self.dimension(group, resource)))
            }
        }
        guard !measures.isEmpty, !dimensions.isEmpty else { return }
        self.measures = names
        json = .object([("measures", .object(measures)), ("dimensions", .object(dimensions))])
    }

    private static func source(_ column: String, _ resource: String) -> Members {
        [("source", .string(column)), ("resource", .string(resource))]
    }

    private static func unique(_ name: String, _ members: Members) -> String {
        numbered(name, "_") { candidate in !members.contains { $0.name == candidate } }
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
        for label in group.labels {
            let members = source(label.name, resource) + [("labelfor", .string(code))]
            attributes.append((unique(ColumnName(label.name).key, attributes), .object(members)))
        }
        return .object(kind(group) + [("attributes", .object(attributes)), ("primaryKey", .string(code))])
    }

    /// What the names of columns mostly mean.
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

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
            let groups = Self.groups(table.columns)
            // A number with a label is a code.
            let labelled = Set(groups.filter { $0.label != nil }.map(\.code.name))
            let amounts = table.columns.filter { $0.guess.isAmount && !labelled.contains($0.name) }
            guard !amounts.isEmpty else { continue }
            for column in amounts {
                let source = Self.source(column.name, resource) + [("currency", .string(currency))]
                measures.append((Self.unique(Self.key(column.name), measures), .object(source)))
                names.append("\(resource).\(column.name)")
            }
            for group in groups where !amounts.contains(where: { $0.name == group.code.name }) {
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

    /// A name as a member of the model has it: lower-case words with `_` between.
    private static func key(_ name: String) -> String {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        return words.isEmpty ? "column" : words.joined(separator: "_")
    }

    private static func unique(_ name: String, _ members: Members) -> String {
        numbered(name, "_") { candidate in !members.contains { $0.name == candidate } }
    }

    // MARK: Dimensions

    /// A code and its label, or a column alone.
    private struct Group {
        let name: String
        let code: ColumnProfile
        var label: ColumnProfile?
    }

    private static let labelWords: Set<String> = ["label", "name", "title", "description", "desc"]
    private static let codeWords: Set<String> = ["code", "id", "key"]

    /// `unit` and `unit_name` belong together, as `func1 (code)` and `func1 (label)` do.
    private static func groups(_ columns: [ColumnProfile]) -> [Group] {
        var groups: [Group] = []
        var taken: Set<String> = []
        let labels = columns.filter { !labelWords.isDisjoint(with: words($0.name)) }
        for column in columns where !labels.contains(where: { $0.name == column.name }) {
            let stem = words(column.name).filter { !codeWords.contains($0) }
            let label = labels.first { label in
                !taken.contains(label.name) && words(label.name).filter { !labelWords.contains($0) } == stem
            }
            if let label { taken.insert(label.name) }
            groups.append(
                Group(name: stem.isEmpty ? key(column.name) : stem.joined(separator: "_"), code: column, label: label))
        }
        return groups + labels.filter { !taken.contains($0.name) }.map { Group(name: key($0.name), code: $0) }
    }

    private static func words(_ name: String) -> [String] {
        name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    private static func dimension(_ group: Group, _ resource: String) -> JSONText {
        let code = key(group.code.name)
        var attributes: Members = [(code, .object(source(group.code.name, resource)))]
        if let label = group.label {
            attributes.append(
                (
                    unique(key(label.name), attributes),
                    .object(source(label.name, resource) + [("labelfor", .string(code))])
                ))
        }
        return .object(
            kind(group) + [("attributes", .object(attributes)), ("primaryKey", .string(code))])
    }

    /// What the names of columns mostly mean.
    private static func kind(_ group: Group) -> Members {
        let guess = group.code.guess
        if guess.isYear || guess.type == .date || guess.type == .datetime {
            return [("dimensionType", .string("datetime"))]
        }
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

extension ColumnTaxonomy {
    /// The types for budgets and spending together; the two sets share no names.
    static let standard = ColumnTaxonomy(budgets + spending)

    static let budgets: [ColumnType] =
        activities + classifications + dates + geoSources + finance
        + [
            code("budget-line-id"), code("direction"), code("phase:id"), label("phase:label", of: "phase:id"),
            ColumnType(name: "value", dataType: .number),
        ] + pair("value-kind") + pair("value-currency") + pair("expenditure-type") + [text("budgetary-transfers")]

    // MARK: Families

    private static let activities = ladder(
        "activity:generic", ["program", "subprogram", "project", "subproject", "contract"], ["code", "label"])

    private static let classifications: [ColumnType] =
        [
            "administrative-classification:generic", "economic-classification:generic",
            "functional-classification:generic",
        ]
        .flatMap { described($0) + levels($0, 8) }
        + levels("economic-classification:gfsm", 4)
        + described("functional-classification:cofog")
        + ladder("functional-classification:cofog", ["division", "group", "class"], ["code", "description", "label"])

    private static let dates: [ColumnType] =
        [ColumnType(name: "date:fiscal-year", dataType: .integer, isUnique: true), date("date:generic")]
        + ["activity-start", "activity-end", "activity-approval", "first-payment", "final-payment"]
        .map { date("date:fiscal:\($0)") }

    private static let geoSources: [ColumnType] =
        ["geo-source:generic", "geo-source:source", "geo-source:target"].flatMap { place in
            [code("\(place):code"), code("\(place):codeList"), label("\(place):title", of: "\(place):code")]
        } + ladder("geo-source:target", ["level1", "level2"], ["code", "title"])

    private static let finance: [ColumnType] =
        pair("fin-source:generic")
        + ladder("fin-source:generic", (1...3).map { "level\($0)" }, ["code", "label"])

    static let spending: [ColumnType] =
        ["administrator", "procurer", "recipient", "supplier"].flatMap { party in
            [code("\(party):generic:id"), label("\(party):generic:name", of: "\(party):generic:id")]
        } + addresses + transactions + banks + legalEntities

    private static let addresses: [ColumnType] =
        ladder("geo-source:address", ["country", "region", "county", "city"], ["code", "label"])
        + [
            code("geo-source:address:zip:code", prior: "geo-source:address:city:code"),
            text("geo-source:address:street-address:description"),
        ]

    private static let transactions: [ColumnType] =
        ["code", "purchase-order", "invoice-id", "tender-id", "contract-id", "budget-code", "court-order"]
        .map { code("transaction-id:\($0)") }
        + [text("transaction-id:tender-kind"), text("transaction-id:transaction-kind")]

    private static let banks: [ColumnType] = ["procurer:bank", "recipient:bank"].flatMap { bank in
        [
            code("\(bank):code"), text("\(bank):account"), code("\(bank):branch:code"),
            label("\(bank):branch:name", of: "\(bank):branch:code"),
        ]
    }

    private static let legalEntities: [ColumnType] = [
        text("recipient:generic:url"),
        code("recipient:generic:legal-entity:code", prior: "recipient:generic:id"),
        label("recipient:generic:legal-entity:label", of: "recipient:generic:legal-entity:code"),
        text("recipient:generic:legal-entity:point-of-contact:description"),
        code(
            "recipient:generic:legal-entity:receiving-project:code", prior: "recipient:generic:legal-entity:code"),
        label(
            "recipient:generic:legal-entity:receiving-project:label",
            of: "recipient:generic:legal-entity:receiving-project:code"),
        text("recipient:generic:legal-entity:receiving-project:status"),
        text("recipient:generic:legal-entity:receiving-project:description"),
    ]

    // MARK: Shapes

    private static func code(_ name: String, prior: String? = nil) -> ColumnType {
        ColumnType(name: name, dataType: .string, isUnique: true, prior: prior)
    }

    private static func text(_ name: String) -> ColumnType { ColumnType(name: name, dataType: .string) }

    private static func date(_ name: String) -> ColumnType { ColumnType(name: name, dataType: .date, isUnique: true) }

    private static func label(_ name: String, of code: String) -> ColumnType {
        ColumnType(name: name, dataType: .string, labelOf: code)
    }

    private static func pair(_ name: String) -> [ColumnType] {
        [code("\(name):code"), label("\(name):label", of: "\(name):code")]
    }

    private static func described(_ name: String) -> [ColumnType] { pair(name) + [text("\(name):description")] }

    private static func levels(_ name: String, _ count: Int) -> [ColumnType] {
        ladder(name, (1...count).map { "level\($0)" }, ["code", "description", "label"])
    }

    /// Returns the types of a hierarchy in which each step follows the one before it.
    private static func ladder(_ name: String, _ steps: [String], _ kinds: [String]) -> [ColumnType] {
        steps.enumerated().flatMap { index, step in
            kinds.map { kind in
                switch kind {
                case "code":
                    code("\(name):\(step):code", prior: index == 0 ? nil : "\(name):\(steps[index - 1]):code")
                case "description": text("\(name):\(step):description")
                default: label("\(name):\(step):\(kind)", of: "\(name):\(step):code")
                }
            }
        }
    }
}

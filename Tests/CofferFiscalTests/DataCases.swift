@testable import CofferFiscal

extension FaultyPackage {
    private static let head = "id,year,cofog,title,amount\n"
    private static let rows = "1,2025,01.1,Mayor,12.5\n2,2025,07.4,Surgery,30\n"
    private static let title = #"{"maxLength": 20}"#
    private static let id = #"{"name": "id", "type": "integer"}"#

    static let data: [FaultyPackage] = text + headers + widths + constraints + keyed

    private static func constrained(_ rule: Rule, _ constraint: String, row: Int) -> FaultyPackage {
        FaultyPackage(rule, budget: head + rows, row: row, column: 4, (title, "{\(constraint)}"))
    }

    private static let text: [FaultyPackage] = [
        FaultyPackage(.fileKind, bytes: Array("%PDF-1.7\n".utf8)),
        FaultyPackage(.fileKind, bytes: [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 40)),
        FaultyPackage(.compression, bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1]),
        FaultyPackage(.delimiter, budget: head.replacing(",", with: ";") + rows.replacing(",", with: ";"), row: 1),
        FaultyPackage(.byteOrderMark, bytes: [0xEF, 0xBB, 0xBF] + (head + rows).utf8),
        FaultyPackage(
            .textEncoding, bytes: (head + rows).utf8 + Array("3,2025,,Caf".utf8) + [0xE9] + Array(",1\n".utf8), row: 4,
            column: 4),
        FaultyPackage(.nulByte, budget: head + rows + "3,2025,,a\0b,1\n", row: 4, column: 4),
        FaultyPackage(.lineEnds, budget: head + rows + "3,2025,,a,1\r\n"),
        FaultyPackage(.lineEnds, budget: head + rows + "3,2025,,a,1\r"),
        FaultyPackage(.quoting, budget: head + rows + "3,2025,,\"a\"b,1\n", row: 4, column: 4),
        FaultyPackage(.quoting, budget: head + rows + "3,2025,,\"a,1\n", row: 4),
        FaultyPackage(.strayQuote, budget: head + rows + "3,2025,,a \"b\",1\n", row: 4, column: 4),
        FaultyPackage(
            .cellSize,
            bytes: (head + rows).utf8 + Array("3,2025,,".utf8) + [UInt8](repeating: 97, count: 4 << 20 + 1)
                + Array(",1\n".utf8), row: 4, column: 4
        ).with { $0.besides = [.maxLength] },
        FaultyPackage(
            .rowSize, bytes: (head + rows).utf8 + Array("3,\"".utf8) + [UInt8](repeating: 97, count: 17 << 20), row: 4),
        FaultyPackage(
            .rowSize, bytes: (head + rows).utf8 + [UInt8](repeating: UInt8(ascii: ","), count: 20_000), row: 4),
    ]

    private static let headers: [FaultyPackage] = [
        FaultyPackage(.headerMissing, bytes: []),
        FaultyPackage(.headerBlank, budget: "id,year,cofog,title,amount,\n1,2025,01.1,Mayor,12.5,\n", row: 1, column: 6)
            .with {
                $0.besides = [.headerExtra]
            },
        FaultyPackage(.headerDuplicate, budget: "id,year,cofog,title,id\n1,2025,01.1,Mayor,1\n", row: 1, column: 5).with
        {
            $0.besides = [.headerFieldMissing]
        },
        FaultyPackage(.headerSpace, budget: "id,year,cofog,title ,amount\n" + rows, row: 1, column: 4),
        FaultyPackage(.headerName, budget: "id,year,cofog,name,amount\n" + rows, row: 1, column: 4),
        FaultyPackage(.headerOrder, budget: "year,id,cofog,title,amount\n2025,1,01.1,Mayor,1\n", row: 1, column: 2),
        FaultyPackage(
            .headerExtra, budget: "id,year,cofog,title,amount,note\n1,2025,01.1,Mayor,1,x\n", row: 1, column: 6),
        FaultyPackage(.headerFieldMissing, budget: "id,year,cofog,amount\n1,2025,01.1,1\n", row: 1),
        FaultyPackage(.rows, budget: head),
    ]

    private static let widths: [FaultyPackage] = [
        FaultyPackage(.rowBlank, budget: head + "\n" + rows, row: 2),
        FaultyPackage(.rowShort, budget: head + rows + "3,2025,,a\n", row: 4),
        FaultyPackage(.rowLong, budget: head + rows + "3,2025,,a,1,2\n", row: 4),
        FaultyPackage(.type, budget: head + rows + "3,2025,,a,much\n", row: 4, column: 5),
        FaultyPackage(.numberSpace, budget: head + rows + "3,2025,, a , 1\n", row: 4, column: 5),
        FaultyPackage(.type, budget: head + "3,25,,a,1\n", row: 2, column: 2),
    ]

    private static let constraints: [FaultyPackage] = [
        FaultyPackage(
            .required, budget: head + rows + "3,2025,,-,1\n", row: 4, column: 4, (title, #"{"required": true}"#)),
        FaultyPackage(
            .unique, budget: head + rows + "3,2025,,Mayor,1\n4,2025,,,1\n5,2025,,,1\n", row: 4,
            (title, #"{"unique": true}"#)),
        constrained(.minLength, #""minLength": 6"#, row: 2), constrained(.maxLength, #""maxLength": 6"#, row: 3),
        constrained(.pattern, #""pattern": "M.*""#, row: 3),
        constrained(.enumeration, #""enum": ["Mayor", "School"]"#, row: 3),
        FaultyPackage(
            .minimum, budget: head + rows, row: 2, column: 1,
            (id, #"{"name": "id", "type": "integer", "constraints": {"minimum": 2}}"#)),
        FaultyPackage(
            .minimum, budget: head + rows, row: 2, column: 1,
            (id, #"{"name": "id", "type": "integer", "constraints": {"exclusiveMinimum": 1}}"#)),
        FaultyPackage(
            .maximum, budget: head + rows, row: 3, column: 1,
            (id, #"{"name": "id", "type": "integer", "constraints": {"maximum": "1"}}"#)),
        FaultyPackage(
            .maximum, budget: head + rows, row: 3, column: 1,
            (id, #"{"name": "id", "type": "integer", "constraints": {"exclusiveMaximum": 2}}"#)),
    ]

    private static let keyed: [FaultyPackage] = [
        FaultyPackage(.primaryKey, budget: head + rows + "01,2025,,a,1\n+2,2025,,a,1\n", row: 4).with { $0.count = 2 },
        FaultyPackage(.primaryKey, budget: head + rows + ",2025,,a,1\n", row: 4),
        FaultyPackage(
            .uniqueKey, budget: head + rows + "3,2025,07.4,Surgery,1\n4,2025,,Surgery,1\n", row: 4,
            (#""primaryKey": "id""#, #""primaryKey": "id", "uniqueKeys": [["cofog", "title"]]"#)),
        FaultyPackage(.foreignKeyMissing, budget: head + rows + "3,2025,99,a,1\n4,2025,,a,1\n5,2025,99,a,1\n", row: 4)
            .with { $0.count = 2 },
    ]

    static let integrity: [FaultyPackage] = [
        FaultyPackage(.bytes, (#""bytes": 137"#, #""bytes": 138"#)),
        FaultyPackage(.hash, (#""23fad7dee8459bc0caaf769c1491a5ad""#, #""23fad7dee8459bc0caaf769c1491a5ae""#)),
        FaultyPackage(.hash, (#""23fad7dee8459bc0caaf769c1491a5ad""#, #""sha256:00ff""#)),
        FaultyPackage(.hashUnchecked, (#""23fad7dee8459bc0caaf769c1491a5ad""#, #""tiger:00ff""#)),
    ]
}

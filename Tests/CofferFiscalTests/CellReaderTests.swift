import Testing

@testable import CofferFiscal

/// Table Schema, "Types and formats".
struct CellReaderTests {
    private static func reader(_ definition: String) async throws -> CellReader {
        let descriptor = """
            {"name": "p", "resources": [{"name": "r", "path": "r.csv", "schema": {"fields": [{"name": "f", \(definition)}]}}]}
            """
        let fixture = try PackageFixture(descriptor: descriptor, files: ["r.csv": []])
        var loader = DescriptorLoader(DirectorySource(fixture.directory), findings: Findings(limit: 10))
        let package = try #require(await loader.load())
        #expect(loader.findings.kept.isEmpty)
        return try #require(package.resources.first?.schema?.fields.first?.reader)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let definition: String
        let good: [String]
        let bad: [String]
        var testDescription: String { definition }
    }

    static let cases: [Case] = [
        Case(definition: #""type": "string""#, good: ["a", " ", "é"], bad: []),
        Case(
            definition: #""type": "string", "format": "email""#, good: ["a@b", "a.b@c.org"],
            bad: ["a", "@b", "a@", "a@b@c", "a b@c"]),
        Case(
            definition: #""type": "string", "format": "uri""#, good: ["http://a", "urn:a:b"],
            bad: ["a", "/a", "http://a b", "1:a"]),
        Case(
            definition: #""type": "string", "format": "binary""#, good: ["YQ==", "YWJj"], bad: ["YQ", "a!", "YQ==="]),
        Case(
            definition: #""type": "string", "format": "uuid""#, good: ["123e4567-e89b-12d3-a456-426614174000"],
            bad: ["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"]),
        Case(
            definition: #""type": "integer""#,
            good: [
                "0", "-0", "+1", "007", "9223372036854775807", "-9223372036854775808", "99999999999999999999", " 1",
                "1 ", "\t1\u{A0}",
            ],
            bad: ["", "-", " ", "1.0", "1e3", "1 1", "a", "0x1", "1,000", "١"]),
        Case(
            definition: #""type": "number""#,
            good: [
                "0", "-1.5", "+.5", "5.", "1e3", "1E-3", "NaN", "INF", "-INF", "nan", "-Inf", "1e999", "1e-0400",
                "12345678901234567890123.5",
            ],
            bad: [
                "", ".", "-", "1,5", "1 000", "1e", "1e1.5", "+INF", "0x1p3", "1.2.3", "€1", "1e-9223372036854775808",
                "-nan",
                "infinity",
            ]),
        Case(
            definition: #""type": "number", "decimalChar": ",", "groupChar": ".""#,
            good: ["1.234,5", "1234", "-1,5", " 1,5"],
            bad: ["1,2,3", "a", "1,234.5"]),
        Case(
            definition: #""type": "number", "groupChar": ",""#, good: ["1,234.5"], bad: ["1;234", "1.234,50", "1.2,3"]),
        Case(definition: #""type": "number", "decimalChar": ",""#, good: ["1,5"], bad: ["1.5"]),
        Case(
            definition: #""type": "number", "bareNumber": false"#,
            good: ["€ 1.5", "95%", "-3 EUR", "1", "5 (estimated)", "inf"], bad: ["EUR", "", "(5)", "€ (5.00)"]),
        Case(
            definition: #""type": "integer", "groupChar": " ", "bareNumber": false"#, good: ["1 000 kr"], bad: ["1.5"]),
        Case(definition: #""type": "boolean""#, good: ["true", "False", "1", "0"], bad: ["yes", "tRUE", "2", ""]),
        Case(
            definition: #""type": "boolean", "trueValues": ["ja"], "falseValues": ["nein"]"#, good: ["ja", "nein"],
            bad: ["true", "0"]),
        Case(
            definition: #""type": "date""#, good: ["2024-02-29", "2000-02-29", "1999-12-31"],
            bad: [
                "2023-02-29", "1900-02-29", "2024-13-01", "2024-04-31", "24-01-01", "2024-1-1", "2024-01-01T00:00:00",
                "01/01/2024", "2024-00-10",
            ]),
        Case(
            definition: #""type": "date", "format": "%d.%m.%Y""#, good: ["31.12.2024", "1.2.2024"],
            bad: ["2024-12-31", "32.1.2024", "31.12.2024 "]),
        Case(
            definition: #""type": "date", "format": "fmt:%d %B %y""#, good: ["3 May 24", "03 december 99"],
            bad: ["3 Mai 24"]),
        Case(definition: #""type": "date", "format": "any""#, good: ["whenever"], bad: []),
        Case(
            definition: #""type": "time""#,
            good: ["23:59:59", "00:00:00", "10:00:00.25", "10:00:00Z", "10:00:00+02:00"],
            bad: ["24:00:00", "10:00", "1:00:00", "10:60:00", "10:00:00."]),
        Case(
            definition: #""type": "time", "format": "%I:%M %p""#, good: ["01:30 PM", "12:00 am"],
            bad: ["13:30", "1:30"]),
        Case(
            definition: #""type": "datetime""#,
            good: ["2024-01-01T00:00:00Z", "2024-01-01T10:00:00.123", "2024-01-01T10:00:00-0530"],
            bad: ["2024-01-01", "2024-01-01 00:00:00", "2024-01-01T00:00:00X", "2024-01-01T00:00:00+15:00"]),
        Case(
            definition: #""type": "year""#, good: ["2024", "-0044", "12024"],
            bad: ["24", "2024-01", "abcd", "1234567890"]),
        Case(definition: #""type": "yearmonth""#, good: ["2024-12"], bad: ["2024-13", "2024", "2024-1", "2024-00"]),
        Case(
            definition: #""type": "duration""#, good: ["P1Y", "P1Y2M3DT4H5M6S", "PT0.5S", "-P3D", "P2W", "PT36H"],
            bad: ["P", "PT", "1Y", "P1", "P1S", "PT1D", "P1M1Y", "P1YT"]),
        Case(
            definition: #""type": "geopoint""#, good: ["90.5, 45", "-180,-90"],
            bad: ["181,0", "0,91", "1", "a,b", "1,2,3"]),
        Case(definition: #""type": "geopoint", "format": "array""#, good: ["[1,2]"], bad: ["1,2", "[1]", "[\"1\",2]"]),
        Case(
            definition: #""type": "geopoint", "format": "object""#, good: [#"{"lon":1,"lat":2}"#], bad: ["{}", "[1,2]"]),
        Case(
            definition: #""type": "geojson""#, good: [#"{"type":"Point","coordinates":[1,2]}"#], bad: ["{}", "[]", "{"]),
        Case(definition: #""type": "object""#, good: ["{}"], bad: ["[]", "1", "{", ""]),
        Case(definition: #""type": "array""#, good: ["[]", "[1]"], bad: ["{}", "1,2", ""]),
        Case(
            definition: #""type": "list", "itemType": "integer", "delimiter": ";""#, good: ["1", "1;2"],
            bad: ["1;", "1;a", "1,2"]),
        Case(definition: #""type": "any""#, good: ["a", "1"], bad: []),
        Case(definition: #""title": "no type""#, good: ["a", "1"], bad: []),
    ]

    @Test(arguments: cases)
    func `A text is a value of a type or is not`(_ example: Case) async throws {
        let reader = try await Self.reader(example.definition)
        for text in example.good { #expect(reader.read(text) != nil, "\(text)") }
        for text in example.bad { #expect(reader.read(text) == nil, "\(text)") }
    }

    @Test(arguments: [
        (#""type": "integer""#, ["7", "007", "+7"]), (#""type": "number""#, ["1.50", "1.5", "15e-1", "+1.5"]),
        (#""type": "number""#, ["0", "-0", "0.00"]),
        (#""type": "number", "groupChar": ",""#, ["1,000", "1000", "1e3"]),
        (#""type": "boolean""#, ["true", "1", "TRUE"]),
        (#""type": "date", "format": "%d.%m.%Y""#, ["01.02.2024", "1.2.2024"]),
    ])
    func `One value written in several ways is the same in keys and enumerations`(definition: String, texts: [String])
        async throws
    {
        let reader = try await Self.reader(definition)
        #expect(Set(texts.map { reader.canonical($0) }).count == 1)
        #expect(reader.canonical(texts[0]) != nil)
        #expect(reader.canonical(texts[0]) != reader.canonical("1.1.2023") || definition.contains("date"))
    }

    @Test(arguments: [
        ("51710223.38", 100, 5_171_022_338), ("0.1", 3, 0.3), ("49756100", 1000, 49_756_100_000),
        ("-12.5", 1000, -12_500), ("1e3", 2, 2000),
        ("0.07", 100, 7), ("1.1", 1.1, 1.1 * 1.1),
    ])
    func `A factor is applied before anything is rounded`(text: String, factor: Double, expected: Double) throws {
        guard case .number(let number) = CellReader(form: .number(NumberFormat())).read(text) else {
            Issue.record("\(text) is no number")
            return
        }
        #expect(number.scaled(by: factor) == expected)
    }

    @Test func `Moments are ordered by when they are`() async throws {
        let reader = try await Self.reader(#""type": "datetime""#)
        let texts = [
            "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2024-02-29T23:00:00-02:00", "2024-03-01T01:00:01Z",
            "2024-12-31T00:00:00.5Z",
            "2024-12-31T00:00:00.500000001Z",
        ]
        let moments = try texts.map { try #require(reader.read($0)) }
        for (left, right) in zip(moments, moments.dropFirst()) { #expect(left.order(right) == .less) }
    }
}

/// Comparing numbers as decimals, not as what a machine makes of them.
struct NumberOrderTests {
    private static func value(_ text: String) throws -> CellValue {
        try #require(CellReader(form: .number(NumberFormat())).read(text), "\(text)")
    }

    /// Each is less than the next.
    private static let rising = [
        "-inf", "-1e400", "-99999999999999999999.1", "-99999999999999999999", "-9223372036854775809",
        "-9223372036854775808", "-1.0000000000000000000000000000000000001", "-1", "-1e-400", "0", "1e-400",
        "1.0000000000000000000000001e-400", "0.1", "0.10000000000000000000000000000000000000000001", "0.3", "1", "1.5",
        "9007199254740992", "9007199254740992.5", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "18446744073709551615", "18446744073709551616", "18446744073709551616.000000000000000000001", "1e20",
        "123456789012345678901234567890", "123456789012345678901234567891", "9.99999999999999999999e399", "1e400",
        "1.00000000000000000001e400", "INF",
    ]

    @Test func `Numbers of any length are in the order of their values`() throws {
        for (place, left) in Self.rising.enumerated() {
            for (other, right) in Self.rising.enumerated() {
                let expected = Order(place, other)
                #expect(try Self.value(left).order(Self.value(right)) == expected, "\(left) and \(right)")
            }
        }
    }

    @Test(arguments: [
        ["0", "-0", "0e400", "0.000"], ["0.1", "1e-1", "0.1000000000000000000000000000000", "+.1"],
        ["1e400", "10e399", "0.1e401"], ["100000000000000000000000", "1e23", "1000000000000000000000.00e2"],
        ["123456789012345678901234567890", "0123456789012345678901234567890.0", "12345678901234567890123456789e1"],
    ])
    func `One number is the same however it is written`(texts: [String]) throws {
        for left in texts {
            for right in texts { #expect(try Self.value(left).order(Self.value(right)) == .same, "\(left), \(right)") }
        }
        let canonical = try texts.map { text in
            try Array(text.utf8).withUnsafeBufferPointer { try Self.value(text).canonical($0) }
        }
        #expect(Set(canonical).count == 1, "\(canonical.map { String(decoding: $0, as: UTF8.self) })")
    }

    @Test func `What is not a number has no order, and whole numbers are compared with decimals`() throws {
        #expect(try Self.value("NaN").order(Self.value("NaN")) == nil)
        #expect(try Self.value("1").order(Self.value("NaN")) == nil)
        #expect(try CellValue.integer(.min).order(Self.value("-9223372036854775808.5")) == .greater)
        #expect(try Self.value("9223372036854775807.0").order(.integer(.max)) == .same)
    }

    /// Seeded, so that a failure comes again.
    @Test func `Short decimals are in the order of the integers that they come to`() throws {
        var seed: UInt64 = 20_251_124
        func next(_ count: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % count
        }
        for _ in 0..<20_000 {
            let (left, right) = (next(4000) - 2000, next(4000) - 2000)
            let (leftPower, rightPower) = (next(4), next(4))
            let scaled = { (value: Int, power: Int) in (0..<power).reduce(value) { value, _ in value * 10 } }
            let expected = Order(scaled(left, leftPower), scaled(right, rightPower))
            let order = try Self.value("\(left)e\(leftPower)").order(Self.value("\(scaled(right, rightPower)).00"))
            #expect(order == expected, "\(left)e\(leftPower), \(right)e\(rightPower)")
        }
    }
}

import CofferModel
import Testing

@testable import CofferAccess

/// Where statements stand in their documents.
struct StatementPositionTests {
    private static let statement = #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#

    @Test(arguments: [
        (#"{"Statement":[\#(statement)]}"#, [[1, 15, 1, 64]]),
        (#"{"Statement":\#(statement)}"#, [[1, 14, 1, 63]]),
        ("{\"Statement\":[\n  \(statement),\n\t\(statement)\n]}", [[2, 3, 2, 52], [3, 2, 3, 51]]),
        ("{\"Statement\" : [ {\n\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\"\n} ]}", [[1, 18, 3, 2]]),
        (#"{"\u0053tatement":[\#(statement)]}"#, [[1, 20, 1, 69]]),
        (#"{"Id":"Statement","Version":"2012-10-17","Statement":[\#(statement)]}"#, [[1, 55, 1, 104]]),
        (#"{"Id":"é\"{[","Statement":[\#(statement)]}"#, [[1, 28, 1, 77]]),
        (
            #"{"Statement":[{"Effect":"Allow","Action":["a:b"],"Resource":["*"],"Condition":{"Null":{"a:b":"true"}}}]}"#,
            [[1, 15, 1, 103]]
        ),
    ])
    func `Statements are found`(document: String, expected: [[Int]]) throws {
        let policy = try Policy(identityDocument: Array(document.utf8))
        let spans = StatementPositions.spans(in: Array(document.utf8))
        #expect(spans.count == policy.statementCount)
        #expect(spans.map { [$0.start.line, $0.start.column, $0.end.line, $0.end.column] } == expected)
    }
}

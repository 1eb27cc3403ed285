@testable import CofferFiscal

extension FaultyPackage {
    private static let id = #"{"name": "id", "type": "integer"}"#
    private static let title = #"{"name": "title", "type": "string", "constraints": {"maxLength": 20}}"#
    private static let path = #""path": "data/cofog.csv","#
    private static let key =
        #""foreignKeys": [{"fields": "cofog", "reference": {"resource": "cofog", "fields": "code"}}]"#

    private static let version2 = "https://datapackage.org/profiles/2.0/datapackage.json"

    static let structure: [FaultyPackage] = descriptors + resources + paths + schemas + keys

    private static let descriptors: [FaultyPackage] = [
        FaultyPackage(.descriptorMissing).with { $0.missing = ["datapackage.json"] },
        FaultyPackage(.descriptorSize).with { $0.descriptor = [UInt8](repeating: 32, count: 2 << 20 + 1) },
        FaultyPackage(.descriptorEncoding).with {
            $0.descriptor = Array("{\"name\": \"caf".utf8) + [0xE9] + Array("\"}".utf8)
        },
        FaultyPackage(.descriptorEncoding).with { $0.descriptor = [0xEF, 0xBB, 0xBF] + Array("{}".utf8) },
        FaultyPackage(.descriptorJSON).with { $0.descriptor = Array("{\"name\": ".utf8) },
        FaultyPackage(.descriptorJSON).with { $0.descriptor = Array("[]".utf8) },
        FaultyPackage(.descriptorJSON, (#""countryCode": "AT","#, #""countryCode": ["AT" , ],"#)),
        FaultyPackage(.descriptorJSON).with { $0.descriptor = Array(String(repeating: "[", count: 100_000).utf8) },
        FaultyPackage(.descriptorDuplicate, (#""name": "village","#, #""name": "village", "name": "village","#)),
        FaultyPackage(.propertyType, (#""title": "Budget of a village""#, #""title": 1"#)).with { $0.line = 3 },
        FaultyPackage(.propertyType, (#""licenses": [{"name": "CC0-1.0"}]"#, #""licenses": {}"#)),
        FaultyPackage(.propertyType, (id, "7")).with { $0.besides = [.keyField, .headerExtra] },
        FaultyPackage(.packageName, (#""name": "village""#, #""name": "The Village""#)).with { $0.line = 2 },
        FaultyPackage(.packageNameForm, (#""name": "village""#, #""$schema": "\#(version2)", "name": "The Village""#)),
        FaultyPackage(.packageNameMissing, (#""name": "village","#, "")),
        FaultyPackage(.license, (#"[{"name": "CC0-1.0"}]"#, #"[{"title": "CC0"}]"#)),
    ]

    private static let resources: [FaultyPackage] = [
        FaultyPackage(.resources).with { $0.descriptor = Array(#"{"name": "a", "resources": []}"#.utf8) },
        FaultyPackage(.resources).with { $0.descriptor = Array(#"{"name": "a"}"#.utf8) },
        FaultyPackage(.resourceName, (#""name": "budget", "#, "")),
        FaultyPackage(.resourceName, (#""name": "budget", "#, #""name": "Bud get", "#)),
        FaultyPackage(
            .resourceNameForm, (#""name": "village""#, #""$schema": "\#(version2)", "name": "village""#),
            (#""name": "budget", "#, #""name": "Bud get", "#)),
        FaultyPackage(.resourceNameDuplicate, (#""name": "cofog", "path""#, #""name": "budget", "path""#)).with {
            $0.besides = [.foreignKeyReference, .modelResource]
        },
        FaultyPackage(.resourceContent, (path, "")),
        FaultyPackage(.resourceContent, (path, path + #""data": [["code"], ["1"]],"#)),
        FaultyPackage(.resourceContent, (path, #""path": [],"#)),
        FaultyPackage(.resourceURL, (path, #""url": "data/cofog.csv","#)),
        FaultyPackage(.resourceRemote, (path, #""path": "https://example.org/cofog.csv","#)).with {
            $0.allowsUnread = true
        },
        FaultyPackage(.resourceUnread, (path, #""path": "https://example.org/cofog.csv","#)),
        FaultyPackage(.resourceUnread, (path, #""path": "data/cofog.csv", "format": "xls","#)),
        FaultyPackage(.resourceUnread, (path, #""path": "data/cofog.csv", "compression": "lzma","#)),
        FaultyPackage(.resourceMissing).with { $0.missing = ["data/cofog.csv"] },
        FaultyPackage(.resourceMissing, (path, #""path": "data/folder.csv","#)).with {
            $0.files["data/folder.csv/x"] = []
        },
        FaultyPackage(.resourceFormat, (path, #""path": "data/cofog.csv", "format": "xls","#)).with {
            $0.allowsUnread = true
        },
        FaultyPackage(.mediatype, (#""text/csv""#, #""csv""#)),
        FaultyPackage(.encoding, (#""encoding": "utf-8""#, #""encoding": "utf-99""#)),
        FaultyPackage(.dialect, (#""delimiter": ",""#, #""delimiter": "::""#)),
        FaultyPackage(.dialect, (#""delimiter": ",""#, #""delimiter": "\""#)).with { _ in }.with {
            $0.changes = [(#""delimiter": ",", "#, #""delimiter": "\"", "#)]
        },
        FaultyPackage(.dialect, (#""delimiter": ",""#, #""lineTerminator": "|""#)),
        FaultyPackage(.dialect, (#""delimiter": ",""#, #""headerRows": [1, 2]"#)),
        FaultyPackage(.dialect, (#""delimiter": ",""#, #""headerRows": [0]"#)),
        FaultyPackage(.dialect, (#""delimiter": ",""#, #""commentRows": ["1"]"#)),
        FaultyPackage(.hashFormat, (#""hash": "23fad7dee8459bc0caaf769c1491a5ad""#, #""hash": "23fad7""#)),
    ]

    private static let paths: [FaultyPackage] =
        [
            "../cofog.csv", "/etc/passwd", "file:///etc/passwd", "data/%2e%2e/cofog.csv", "data/.cofog.csv",
            "data\\\\cofog.csv",
        ].map {
            FaultyPackage(.resourcePath, (path, "\"path\": \"\($0)\","))
        } + [
            FaultyPackage(.resourcePathMixed, (path, #""path": ["data/cofog.csv", "http://example.org/a.csv"],"#)),
            FaultyPackage(.resourcePathLink).with { $0.links = ["data/cofog.csv": "/etc/hostname"] },
            FaultyPackage(.resourcePathLink).with { $0.links = ["data/cofog.csv": "budget.csv"] },
            FaultyPackage(.resourcePathLink, (path, #""path": "away/cofog.csv","#)).with {
                $0.links = ["away": "data"]
            },
        ]

    private static let schemas: [FaultyPackage] = [
        FaultyPackage(
            .referenceRemote,
            (#""dialect": {"delimiter": ",", "quoteChar": "\""}"#, #""dialect": "https://example.org/d.json""#)),
        FaultyPackage(.reference, (#""dialect": {"delimiter": ",", "quoteChar": "\""}"#, #""dialect": "../d.json""#)),
        FaultyPackage(.reference, (#""dialect": {"delimiter": ",", "quoteChar": "\""}"#, #""dialect": "none.json""#)),
        FaultyPackage(
            .profileUnchecked, (#""name": "village""#, #""profile": "https://example.org/p.json", "name": "village""#)),
        FaultyPackage(.schemaRequired).with {
            $0.descriptor = Array(
                #"{"name": "a", "resources": [{"name": "b", "path": "data/cofog.csv", "profile": "tabular-data-resource"}]}"#
                    .utf8)
        },
        FaultyPackage(.schemaMissing).with {
            $0.descriptor = Array(#"{"name": "a", "resources": [{"name": "b", "path": "data/cofog.csv"}]}"#.utf8)
        },
        FaultyPackage(.schemaFields).with {
            $0.descriptor = Array(
                #"{"name": "a", "resources": [{"name": "b", "path": "data/cofog.csv", "schema": {}}]}"#.utf8)
        },
        FaultyPackage(.fieldName, (id, #"{"type": "integer"}"#)).with { $0.besides = [.keyField, .headerName] },
        FaultyPackage(.fieldNameDuplicate, (title, #"{"name": "id"}"#)).with { $0.besides = [.headerName] },
        FaultyPackage(.fieldType, (id, #"{"name": "id", "type": "int"}"#)),
        FaultyPackage(.fieldFormat, (id, #"{"name": "id", "type": "date", "format": "%Q"}"#)),
        FaultyPackage(.fieldsMatch, (#""fieldsMatch": "exact""#, #""fieldsMatch": "most""#)),
        FaultyPackage(.constraint, (#"{"maxLength": 20}"#, #"{"maxLength": -1}"#)),
        FaultyPackage(.constraint, (#"{"maxLength": 20}"#, #"{"minimum": 1}"#)),
        FaultyPackage(.constraint, (#"{"maxLength": 20}"#, #"{"pattern": "("}"#)),
        FaultyPackage(.constraint, (#"{"maxLength": 20}"#, #"{"enum": []}"#)),
        FaultyPackage(.constraint, (id, #"{"name": "id", "type": "integer", "constraints": {"minimum": "few"}}"#)),
        FaultyPackage(
            .constraint, (id, #"{"name": "id", "type": "integer", "constraints": {"enum": [1, "x", 2, 3, 4]}}"#)),
        FaultyPackage(.constraintUnknown, (#"{"maxLength": 20}"#, #"{"longest": 20}"#)),
    ]

    private static let keys: [FaultyPackage] = [
        FaultyPackage(.keyField, (#""primaryKey": "id""#, #""primaryKey": "number""#)),
        FaultyPackage(.keyField, (#""primaryKey": "id""#, #""primaryKey": "id", "uniqueKeys": [["id", "number"]]"#)),
        FaultyPackage(
            .foreignKey,
            (
                key,
                #""foreignKeys": [{"fields": ["id", "cofog"], "reference": {"resource": "cofog", "fields": "code"}}]"#
            )),
        FaultyPackage(.foreignKey, (key, #""foreignKeys": [{"fields": "cofog"}]"#)),
        FaultyPackage(
            .foreignKeyReference,
            (key, #""foreignKeys": [{"fields": "cofog", "reference": {"resource": "none", "fields": "code"}}]"#)),
        FaultyPackage(
            .foreignKeyReference,
            (key, #""foreignKeys": [{"fields": "cofog", "reference": {"resource": "cofog", "fields": "none"}}]"#)),
        FaultyPackage(
            .foreignKeyType,
            (key, #""foreignKeys": [{"fields": "id", "reference": {"resource": "cofog", "fields": "code"}}]"#)
        ).with {
            $0.besides = [.foreignKeyMissing]
        },
    ]
}

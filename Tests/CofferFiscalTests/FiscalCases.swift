@testable import CofferFiscal

extension FaultyPackage {
    private static let amount = #"{"name": "amount", "type": "number", "columnType": "value"}"#
    private static let cofog = #""columnType": "functional-classification:cofog:code""#
    private static let title = #"{"name": "title", "type": "string", "constraints": {"maxLength": 20}}"#
    private static let name = #""name": "village","#
    private static let budgetKey = #""primaryKey": "id","#
    private static let division = #""division": {"constant": "all"}"#

    static let fiscal: [FaultyPackage] = properties + measures + dimensions + columnTypes

    private static let properties: [FaultyPackage] = [
        FaultyPackage(.countryCode, (#""AT""#, #""AUT""#)).with { $0.line = 5 },
        FaultyPackage(.countryCode, (#""AT""#, #"["AT", "4"]"#)),
        FaultyPackage(.granularity, (#""aggregated""#, #""coarse""#)),
        FaultyPackage(.fiscalPeriod, (#""start": "2025-01-01", "#, "")),
        FaultyPackage(.fiscalPeriod, (#""2025-01-01""#, #""2025""#)),
        FaultyPackage(.fiscalPeriod, (#""2025-12-31""#, #""2024-12-31""#)),
    ]

    private static let measures: [FaultyPackage] = [
        FaultyPackage(.modelMeasures, (#""measures": {"#, #""measures": {}, "rest": {"#)),
        FaultyPackage(.modelDimensions, (#""dimensions": {"#, #""dimensions": {}, "rest": {"#)),
        FaultyPackage(.modelResource, (#""source": "amount", "#, #""source": "amount", "resource": "none", "#)),
        FaultyPackage(.measureSource, (#""source": "amount", "#, #""source": "sum", "#)),
        FaultyPackage(.measureSource, (#""source": "amount", "#, "")),
        FaultyPackage(.measureType, (#""source": "amount", "#, #""source": "title", "#)),
        FaultyPackage(.measureCurrency, (#""currency": "EUR", "#, "")),
        FaultyPackage(.measureCurrency, (#""EUR""#, #""Euro""#)),
        FaultyPackage(.measureCurrency, (#""EUR""#, #""eur""#)),
        FaultyPackage(.measureFactor, (#""factor": 1000"#, #""factor": 0"#)),
        FaultyPackage(.measureFactor, (#""factor": 1000"#, #""factor": "1000""#)),
        FaultyPackage(.measureDirection, (#""expenditure""#, #""income""#)),
        FaultyPackage(.measurePhase, (#""approved""#, #""planned""#)),
    ]

    private static let dimensions: [FaultyPackage] = [
        FaultyPackage(.dimensionType, (#""dimensionType": "datetime""#, #""dimensionType": "time""#)),
        FaultyPackage(.dimensionClassification, (#""functional""#, #""geographic""#)),
        FaultyPackage(.dimensionAttributes, (#""attributes": {"year": {"source": "year"}}"#, #""attributes": {}"#)).with
        {
            $0.besides = [.dimensionKey]
        },
        FaultyPackage(.dimensionKey, (#""primaryKey": "year", "#, "")),
        FaultyPackage(.dimensionKey, (#""primaryKey": "year", "#, #""primaryKey": ["year", "month"], "#)),
        FaultyPackage(.dimensionKey, (#""primaryKey": "year", "#, #""primaryKey": [], "#)),
        FaultyPackage(.attributeSource, (division, #""division": {}"#)),
        FaultyPackage(.attributeSource, (division, #""division": {"constant": "all", "source": "title"}"#)),
        FaultyPackage(.attributeSource, (division, #""division": {"source": "none"}"#)),
        FaultyPackage(.attributeSource, (division, #""division": {"constant": []}"#)),
        FaultyPackage(.attributeLabelFor, (#""labelfor": "code""#, #""labelfor": "none""#)),
        FaultyPackage(.attributeLabelFor, (#""labelfor": "code""#, #""labelfor": "label""#)),
        FaultyPackage(.attributeParent, (#""parent": "division""#, #""parent": "none""#)),
        FaultyPackage(.attributeParent, (division, #""division": {"constant": "all", "parent": "code"}"#)).with {
            $0.count = 2
        },
    ]

    private static let columnTypes: [FaultyPackage] = [
        FaultyPackage(.columnTypes, (name, name + #""columnTypes": [7],"#)),
        FaultyPackage(.columnTypes, (name, name + #""columnTypes": [{"dataType": "string"}],"#)),
        FaultyPackage(.columnTypes, (name, name + #""columnTypes": {"name": "a:b", "dataType": "text"},"#)),
        FaultyPackage(.columnTypesRemote, (name, name + #""columnTypes": "https://example.org/types.json","#)),
        FaultyPackage(.columnType, (cofog, #""columnType": "functional classification""#)),
        FaultyPackage(.columnType, (cofog, #""columnType": "functional-classification::code""#)),
        FaultyPackage(.columnTypeUnknown, (cofog, #""columnType": "colour:hue""#)),
        FaultyPackage(.columnTypeDataType, (cofog, #""columnType": "date:generic""#)),
        FaultyPackage(
            .columnTypeLabelOf,
            (title, #"{"name": "title", "type": "string", "columnType": "activity:generic:program:label"}"#)),
        FaultyPackage(.columnTypePrior, (cofog, #""columnType": "functional-classification:cofog:group:code""#)),
        FaultyPackage(.columnTypeValue, (amount, #"{"name": "amount", "type": "number"}"#)),
        FaultyPackage(.extraField, (budgetKey, budgetKey + #""extraFields": [{"name": "a"}],"#)),
        FaultyPackage(.extraField, (budgetKey, budgetKey + #""extraFields": [{"constant": "a"}],"#)),
        FaultyPackage(
            .fieldType,
            (budgetKey, budgetKey + #""extraFields": [{"name": "a", "type": "nubmer", "constant": 1}],"#)),
        FaultyPackage(
            .extraField,
            (budgetKey, budgetKey + #""extraFields": [{"name": "a", "constant": 1, "normalizationTarget": true}],"#)),
        FaultyPackage(
            .normalize,
            (
                amount,
                #"{"name": "amount", "type": "number", "columnType": "value", "normalize": {"phase": "approved"}}"#
            )),
    ]
}

import CofferModel
import Testing

@testable import CofferFiscal

/// Fiscal Data Package 1.0, "Column Types".
struct ColumnTaxonomyTests {
    @Test func `The taxonomies have all their types, each once`() {
        #expect(ColumnTaxonomy.budgets.count == 155 && ColumnTaxonomy.spending.count == 43)
        #expect(ColumnTaxonomy.standard.types.count == 198)
    }

    @Test func `What a type is the label of, and what comes before it, is there`() {
        let types = ColumnTaxonomy.standard.types
        for type in types.values {
            if let code = type.labelOf { #expect(types[ExactText(code)] != nil, "\(type.name)") }
            if let prior = type.prior { #expect(types[ExactText(prior)] != nil, "\(type.name)") }
        }
    }

    @Test(
        arguments: [
            ("value", "value"), ("value:net", "value"),
            ("functional-classification:cofog:group:code", "functional-classification:cofog:group:code"),
            ("date:fiscal-year:first", "date:fiscal-year"), ("values", nil), ("activity:generic", nil), ("colour", nil),
        ] as [(String, String?)])
    func `A type that is not there inherits from the longest that it begins with`(name: String, type: String?) {
        #expect(ColumnTaxonomy.standard.type(name)?.name == type)
    }

    @Test func `Families are known also where a type has no data type`() {
        #expect(ColumnTaxonomy.standard.knows("activity:local:stage") && !ColumnTaxonomy.standard.knows("colour:hue"))
    }
}

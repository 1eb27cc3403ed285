import CofferModel

/// The location of a finding in a descriptor. The line and the pointer are computed only for findings that are kept;
/// most findings are only counted.
struct DescriptorPlace: Sendable {
    let node: DescriptorNode
    let resource: String?
    let field: String?

    var file: String { node.document.file }
    var line: Int { node.document.line(of: node.value.range.lowerBound) }
    var pointer: String? { node.document.pointer(to: node.value.range.lowerBound) }

    var location: Finding.Location {
        Finding.Location(file, resource: resource, pointer: pointer, line: line, field: field)
    }
}

extension Findings {
    mutating func add(_ rule: Rule, _ place: DescriptorPlace, _ message: @autoclosure () -> String) {
        add(rule, file: place.file, place.location, message())
    }
}

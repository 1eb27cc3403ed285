import CofferModel

/// Strict reading: anything unreadable is an error and is never left out. A caller that writes back what it has read
/// would otherwise remove it, and a rule with fewer conditions deletes more.
extension XMLElement {
    /// - Throws: ``TransportError`` for a child with any other name.
    func rejectUnknownChildren(_ names: String...) throws(TransportError) {
        guard let other = children.first(where: { !names.contains($0.name) }) else { return }
        throw TransportError(
            .badResponse, "the service's \(name) has the element \(other.name), which this client does not know")
    }

    /// - Throws: ``TransportError`` if the value is nil.
    func required<Value>(_ name: String, _ value: Value?) throws(TransportError) -> Value {
        guard let value else {
            throw TransportError(.badResponse, "the service's \(self.name) has no \(name), or an invalid one")
        }
        return value
    }
}

import CofferModel

/// What cannot be read is an error, never left out: who writes back what was read would remove it, and a rule with fewer
/// conditions deletes more.
extension XMLElement {
    /// - Throws: ``TransportError`` for a child of another name.
    func rejectUnknownChildren(_ names: String...) throws(TransportError) {
        guard let other = children.first(where: { !names.contains($0.name) }) else { return }
        throw TransportError(.badAnswer, "the service's \(name) has a \(other.name), which is not known here")
    }

    /// - Throws: ``TransportError`` where there is no value.
    func told<Value>(_ name: String, _ value: Value?) throws(TransportError) -> Value {
        guard let value else {
            throw TransportError(.badAnswer, "the service's \(self.name) has no \(name), or one that cannot be read")
        }
        return value
    }
}

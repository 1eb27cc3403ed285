package import CofferModel

extension XMLWriter {
    package mutating func tag(_ tag: Tag) {
        element("Key", tag.key)
        element("Value", tag.value)
    }
}

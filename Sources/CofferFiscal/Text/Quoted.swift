import CofferModel

/// Returns a text quoted for a message, and shortened if it is long.
func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let end = scalars.index(scalars.startIndex, offsetBy: 100, limitedBy: scalars.endIndex) ?? scalars.endIndex
    return JSONValue.quoted(end < scalars.endIndex ? String(scalars[..<end]) + "…" : text)
}

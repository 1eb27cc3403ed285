import CofferModel

/// The characters that text parameters of IAM and STS may have.
enum TextPattern: Sendable {
    /// Names of users, groups, roles and policies: letters, digits and `+=,.@_-`.
    case name
    /// The same characters in STS, which reports a violation with the model's own message.
    case sessionName
    case word
    case externalID
    /// `/` or `/…/` of printable ASCII.
    case path
    /// The path prefix of listed entities: a slash, alone or followed by more.
    case pathPrefix
    /// The path of a managed policy, which ends with a slash.
    case policyPath
    case policyPathPrefix
    case latin
    case document
    case roleDescription
    case policyDescription
    case tagKey
    case tagValue
    case versionID
    /// The serial number of a device.
    case serialNumber
    case digits
    /// The prefix of a service's actions: `s3`.
    case namespace

    /// The regular expression as the model writes it.
    var expression: String {
        switch self {
        case .name: "[\\w+=,.@-]+"
        case .sessionName: "[\\w+=,.@-]*"
        case .word: "[\\w]+"
        case .externalID: "[\\w+=,.@:\\/-]*"
        case .path: "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)"
        case .pathPrefix: "\\u002F[\\u0021-\\u007F]*"
        case .policyPath, .policyPathPrefix: "((/[A-Za-z0-9\\.,\\+@=_-]+)*)/"
        case .latin: "[\\u0020-\\u00FF]+"
        case .document: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"
        case .roleDescription, .policyDescription: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*"
        case .tagKey: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"
        case .tagValue: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*"
        case .versionID: "v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?"
        case .serialNumber: "[\\w+=/:,.@-]*"
        case .digits: "[\\d]*"
        case .namespace: "[\\w-]*"
        }
    }

    /// Returns IAM's message about a text with other characters; nil if IAM's message names the pattern.
    ///
    /// - Parameter place: the name of the parameter.
    func sentence(about place: String) -> String? {
        switch self {
        case .name:
            "The specified value for \(place) is invalid. It must contain only alphanumeric characters and/or the "
                + "following: +=,.@_-"
        case .path, .policyPath:
            "The specified value for \(place) is invalid. It must begin and end with / and contain only alphanumeric "
                + "characters and/or / characters."
        case .pathPrefix, .policyPathPrefix:
            "The specified value for \(place) is invalid. It must begin with the / character and contain only "
                + "alphanumeric characters and/or / characters."
        default: nil
        }
    }

    /// Returns whether a text has only these characters. The length of an empty text is checked separately.
    func matches(_ text: String) -> Bool {
        let bytes = text.utf8
        switch self {
        case .name, .sessionName: return bytes.allSatisfy(IAMNames.isNameByte)
        case .word: return bytes.allSatisfy { IAMNames.isNameByte($0) && !"+=,.@-".utf8.contains($0) }
        case .externalID, .serialNumber: return bytes.allSatisfy { IAMNames.isNameByte($0) || "/:".utf8.contains($0) }
        case .path:
            return bytes.first == slash && bytes.last == slash && bytes.allSatisfy { (0x21...0x7E).contains($0) }
                && bytes.count != 2
        case .pathPrefix: return bytes.first == slash && bytes.allSatisfy { (0x21...0x7F).contains($0) }
        case .policyPath, .policyPathPrefix: return Self.isPolicyPath(text)
        case .latin: return text.unicodeScalars.allSatisfy { (0x20...0xFF).contains($0.value) }
        case .document:
            return text.unicodeScalars.allSatisfy {
                (0x20...0xFF).contains($0.value) || [0x09, 0x0A, 0x0D].contains($0.value)
            }
        case .roleDescription: return text.unicodeScalars.allSatisfy { isText($0) && $0.value <= 0xFF }
        case .policyDescription: return text.unicodeScalars.allSatisfy(isText)
        case .tagKey, .tagValue: return Tag.isText(text)
        case .versionID: return Self.isVersionID(text)
        case .namespace: return bytes.allSatisfy { IAMNames.isNameByte($0) && !"+=,.@".utf8.contains($0) }
        case .digits: return bytes.allSatisfy { (48...57).contains($0) }
        }
    }

    private var slash: UInt8 { UInt8(ascii: "/") }

    /// Returns whether a scalar is not a control character, except for tabs and line ends.
    private func isText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E: true
        case 0...0xA0, 0xFFFE, 0xFFFF: false
        default: true
        }
    }

    private static func isPolicyPath(_ text: String) -> Bool {
        let parts = text.split(at: "/", keepingEmpty: true)
        guard parts.count >= 2, parts.first?.isEmpty == true, parts.last?.isEmpty == true else { return false }
        return parts.dropFirst().dropLast().allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(IAMNames.isNameByte) }
    }

    /// Returns whether a text has the form `v3`, optionally followed by a dot and a suffix.
    private static func isVersionID(_ text: String) -> Bool {
        let parts = text.split(at: ".", maxSplits: 1, keepingEmpty: true)
        guard let head = parts.first, head.hasPrefix("v") else { return false }
        let number = head.dropFirst().utf8
        guard number.first != UInt8(ascii: "0"), !number.isEmpty, number.allSatisfy({ (48...57).contains($0) }) else {
            return false
        }
        return parts.count == 1
            || parts[1].utf8.allSatisfy { IAMNames.isNameByte($0) && !"+=,.@_".utf8.contains($0) }
    }
}

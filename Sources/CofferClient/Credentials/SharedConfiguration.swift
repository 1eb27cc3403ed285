import CofferModel
import Glibc

/// The settings in the environment and the shared files of AWS's tools: profiles, keys, regions and endpoints.
///
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
package struct SharedConfiguration: Sendable {
    private let variable: @Sendable (String) -> String?
    /// Whether the profile was chosen by something other than the environment.
    private var hasGivenProfile = false

    /// - Parameter variable: returns a variable's value; an empty value counts as unset.
    package init(_ variable: @escaping @Sendable (String) -> String?) { self.variable = variable }

    /// The configuration of this process.
    package static let process = SharedConfiguration { name in getenv(name).map { String(cString: $0) } }

    package subscript(name: String) -> String? {
        variable(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    package var environmentCredentials: S3Credentials? {
        guard let id = self["AWS_ACCESS_KEY_ID"], let secret = self["AWS_SECRET_ACCESS_KEY"] else { return nil }
        return S3Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: self["AWS_SESSION_TOKEN"])
    }

    /// Returns the same configuration with an explicitly chosen profile; nil keeps the environment's.
    package func choosing(_ profile: String?) -> SharedConfiguration {
        guard let profile else { return self }
        var chosen = SharedConfiguration { [variable] name in name == "AWS_PROFILE" ? profile : variable(name) }
        chosen.hasGivenProfile = true
        return chosen
    }

    package var profileName: String { chosenProfile ?? "default" }

    private var chosenProfile: String? { self["AWS_PROFILE"] ?? self["AWS_DEFAULT_PROFILE"] }

    /// Returns the settings of the chosen profile, which are empty if the default profile does not exist.
    ///
    /// - Throws: ``ConfigurationError`` for another profile that does not exist, and for files that cannot be read.
    func settings() throws(ConfigurationError) -> [String: String] {
        if let settings = try profile(profileName) { return settings }
        guard let chosenProfile else { return [:] }
        let variable = self["AWS_PROFILE"] == nil ? "AWS_DEFAULT_PROFILE" : "AWS_PROFILE"
        throw ConfigurationError(
            "there is no profile '\(chosenProfile)' in the files of AWS's tools"
                + (hasGivenProfile ? "" : ", which \(variable) names"))
    }

    /// Returns the settings of a profile from both files; if both files have a key, the credentials file's value
    /// counts.
    ///
    /// - Returns: nil for a profile that neither file has.
    /// - Throws: ``ConfigurationError`` for a file that exists but cannot be read.
    package func profile(_ name: String) throws(ConfigurationError) -> [String: String]? {
        let config = try file("AWS_CONFIG_FILE", "config")
        let credentials = try file("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        let sections = [
            config["profile \(name)"] ?? (name == "default" ? config[name] : nil), credentials[name],
        ].compactMap { $0 }
        guard !sections.isEmpty else { return nil }
        return sections.reduce(into: [:]) { $0.merge($1) { $1 } }
    }

    /// Returns the region of the environment or the profile.
    package func region() throws(ConfigurationError) -> String? {
        if let region = self["AWS_REGION"] ?? self["AWS_DEFAULT_REGION"] { return region }
        return try settings()["region"]
    }

    /// Returns the endpoint of the environment or the profile.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
    ///
    /// - Parameter service: a service such as `s3`, which may have an endpoint of its own.
    package func endpoint(of service: String) throws(ConfigurationError) -> String? {
        guard !ignoresEndpoints else { return nil }
        if let variable = endpointVariable(of: service) { return self[variable] }
        let settings = try settings()
        if let name = settings["services"],
            let url = try file("AWS_CONFIG_FILE", "config")["services \(name)"]?["\(service).endpoint_url"]
        {
            return url
        }
        return settings["endpoint_url"]
    }

    /// Returns the variable that names a service's endpoint: the service's own variable takes precedence over the
    /// general one.
    package func endpointVariable(of service: String) -> String? {
        guard !ignoresEndpoints else { return nil }
        return ["AWS_ENDPOINT_URL_\(service.uppercased())", "AWS_ENDPOINT_URL"].first { self[$0] != nil }
    }

    private var ignoresEndpoints: Bool { self["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() == "true" }

    private func file(_ variable: String, _ name: String) throws(ConfigurationError) -> [String: [String: String]] {
        let home = self["HOME"] ?? "."
        var path = self[variable] ?? "\(home)/.aws/\(name)"
        if path.hasPrefix("~/") { path = home + path.dropFirst() }
        guard let text = try Self.text(of: path, origin: self[variable].map { _ in "\(variable): " } ?? "") else {
            return [:]
        }
        return Self.sections(text)
    }

    /// - Parameter origin: where the file's path comes from, as the beginning of an error message.
    /// - Returns: nil if there is no such file.
    private static func text(of path: String, origin: String) throws(ConfigurationError) -> String? {
        guard let file = fopen(path, "re") else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw ConfigurationError("\(origin)cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: byteLimit)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else {
            throw ConfigurationError("\(origin)cannot read \(path): \(String(cString: strerror(errno)))")
        }
        guard count < byteLimit else { throw ConfigurationError("\(origin)\(path) is longer than 512 KiB") }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    static let byteLimit = 512 << 10

    /// Returns the sections by name. Indented settings below a setting without a value (`s3 =`) belong to it: their
    /// names are prefixed with its name and a full stop.
    static func sections(_ text: String) -> [String: [String: String]] {
        var sections: [String: [String: String]] = [:]
        var (name, settings): (String?, [String: String]) = (nil, [:])
        var parent: String?
        for line in text.utf8.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            guard let first = line.first, !"#;".utf8.contains(first) else { continue }
            if first == UInt8(ascii: "["), let end = line.firstIndex(of: UInt8(ascii: "]")) {
                if let name { sections[name] = settings }
                let title = Self.title(line[..<end].dropFirst())
                (name, settings, parent) = (title, sections[title] ?? [:], nil)
            } else if name != nil, let equals = line.firstIndex(of: UInt8(ascii: "=")) {
                // Names of settings are ASCII.
                guard line[..<equals].allSatisfy({ $0 < 0x80 }) else { continue }
                let setting = trimmed(line[..<equals]).lowercased()
                let value = trimmed(line[equals...].dropFirst())
                if isSpace(first), let parent {
                    settings["\(parent).\(setting)"] = value
                } else {
                    settings[setting] = value
                    parent = value.isEmpty ? setting : nil
                }
            }
        }
        if let name { sections[name] = settings }
        return sections
    }

    /// Returns the words of a title, separated by single spaces.
    private static func title(_ text: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        for byte in text {
            if !isSpace(byte) { bytes.append(byte) } else if bytes.last != 32, !bytes.isEmpty { bytes.append(32) }
        }
        if bytes.last == 32 { bytes.removeLast() }
        return CombiningMarks.cut(String(decoding: bytes, as: UTF8.self), to: CombiningMarks.textLimit)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    private static func trimmed(_ text: Substring.UTF8View) -> String {
        let bytes = text.drop(while: isSpace)
        let end = bytes.lastIndex { !isSpace($0) }.map(bytes.index(after:)) ?? bytes.startIndex
        var rest = Substring(bytes[..<end])
        guard let first = rest.utf8.first, let last = rest.utf8.last, first >= 0x80 || last >= 0x80 else {
            return String(rest)
        }
        // This removes non-ASCII spaces, which text copied from elsewhere may begin or end with.
        rest = rest.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

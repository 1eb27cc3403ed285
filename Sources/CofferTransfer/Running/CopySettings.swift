package import CofferClient
import CofferModel

/// The settings that objects are stored with: those that are given and, for copies, those of the source.
package struct CopySettings: Sendable {
    private let given: ObjectSettings?

    /// - Parameter given: nil if nothing is given, so that a copy keeps all settings of its source.
    package init(_ given: ObjectSettings? = nil) { self.given = given }

    /// Whether nothing is given.
    var isEmpty: Bool { given == nil }

    /// - Parameter name: the file or key whose extension shows the content type, unless one is given.
    func forUpload(_ name: String) -> ObjectSettings {
        var settings = given ?? ObjectSettings()
        settings.contentType = settings.contentType ?? ContentTypes.type(of: name)
        return settings
    }

    /// Returns the settings of a source, overridden by those given.
    func forCopy(_ info: ObjectInfo, _ source: Store, _ key: ObjectKey) async throws -> ObjectSettings {
        var settings = given ?? ObjectSettings()
        let old = ObjectSettings(of: info)
        settings.contentType = settings.contentType ?? old.contentType
        settings.contentEncoding = settings.contentEncoding ?? old.contentEncoding
        settings.contentDisposition = settings.contentDisposition ?? old.contentDisposition
        settings.contentLanguage = settings.contentLanguage ?? old.contentLanguage
        settings.cacheControl = settings.cacheControl ?? old.cacheControl
        settings.expires = settings.expires ?? old.expires
        settings.storageClass = settings.storageClass ?? old.storageClass
        settings.metadata = old.metadata.merging(settings.metadata) { $1 }
        if settings.tags.isEmpty, info.tagCount > 0 {
            settings.tags = try await source.client.getObjectTagging(
                bucket: source.bucket, key: key, version: info.version)
        }
        return settings
    }
}

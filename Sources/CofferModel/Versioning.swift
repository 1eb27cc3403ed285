/// Whether a bucket keeps replaced versions.
///
/// Source: S3 User Guide, "Retaining multiple versions of objects with S3 Versioning".
public enum Versioning: Int64, Sendable {
    /// A write replaces the existing object.
    case neverEnabled = 0
    /// A write adds a version; a deletion adds a delete marker.
    case enabled = 1
    /// Existing versions are kept; a write replaces the `null` version.
    case suspended = 2
}

/// Whether a bucket keeps the versions that a write replaces.
///
/// Source: S3 User Guide, "Retaining multiple versions of objects with S3 Versioning".
public enum Versioning: Int64, Sendable {
    /// A write replaces what was there.
    case neverEnabled = 0
    case enabled = 1
    /// Versions stay; a write replaces the `null` version.
    case suspended = 2
}

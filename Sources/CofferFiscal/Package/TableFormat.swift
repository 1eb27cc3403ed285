/// How the rows of a table are stored: the kind of file and its packing.
struct TableFormat: Sendable, Equatable {
    var kind = Kind.text
    var packing = Packing.none

    enum Kind: Sendable, Equatable {
        /// Text of cells, such as CSV.
        case text
        case workbook(WorkbookSheet)
        /// An array of rows; `property` is the member that holds it, if the document is an object.
        case json(property: String?)
        /// The properties and geometry of the features.
        case geoJSON
    }

    enum Packing: Sendable, Equatable {
        case none, gzip
        /// In an archive, as the file with this name, or the only file.
        case zip(innerPath: String?)
    }
}

/// The sheet of a workbook that contains the table.
enum WorkbookSheet: Sendable, Equatable {
    /// Counted from 1.
    case number(Int)
    case name(String)
}

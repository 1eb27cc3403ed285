import CofferModel

extension DescriptorReader {
    /// Determines the kind of a resource's files, and the dialect of the text that is generated from their rows.
    mutating func readStorage(_ resource: inout Resource) {
        let (node, name) = (resource.node, resource.name)
        let dialect = node["dialect"] == nil ? nil : referenced(node, "dialect", name, reports: false)
        let profile = node["profile"]?.value.string
        resource.storage = ResourceStorage(
            ResourceStorage.Description(
                fileNames: resource.places.map(\.fileName), format: string(node, "format", resource: name),
                mediaType: node["mediatype"]?.value.string,
                compression: string(node, "compression", resource: name),
                innerPath: string(node, "innerpath", resource: name),
                isTabular: node["schema"] != nil || profile == "tabular-data-resource"
                    || node["type"]?.value.string == "table",
                sheet: Self.sheet(dialect), jsonProperty: Self.jsonProperty(dialect)))
        guard case .table(let format) = resource.storage, format.kind != .text else { return }
        resource.dialect = InlineTable.written(resource.dialect)
        (resource.encoding, resource.isReadable) = ("utf-8", true)
    }

    /// Returns the sheet of a workbook.
    ///
    /// Source: Table Dialect 2.0, `sheetNumber` and `sheetName`; Frictionless 5 writes both as `excel.sheet`.
    private static func sheet(_ dialect: DescriptorNode?) -> WorkbookSheet {
        let place = dialect?["excel"]?["sheet"] ?? dialect?["sheetName"] ?? dialect?["sheetNumber"]
        if let name = place?.value.string { return .name(name) }
        return .number(place?.value.integer ?? 1)
    }

    /// Returns the member that holds the rows of a JSON file.
    ///
    /// Source: Table Dialect 2.0, `property`; Frictionless 5 writes it as `json.property`.
    private static func jsonProperty(_ dialect: DescriptorNode?) -> String? {
        (dialect?["json"]?["property"] ?? dialect?["property"])?.value.string
    }
}

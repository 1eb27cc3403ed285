/// The rule that a finding is about. The meaning of an id (`rawValue`) never changes.
public enum Rule: String, Sendable, CaseIterable {
    // Structure
    case descriptorMissing = "descriptor-missing"
    case descriptorSize = "descriptor-size"
    case descriptorEncoding = "descriptor-encoding"
    case descriptorJSON = "descriptor-json"
    case descriptorDuplicate = "descriptor-duplicate"
    case propertyType = "property-type"
    case packageName = "package-name"
    case packageNameForm = "package-name-form"
    case packageNameMissing = "package-name-missing"
    case license
    case resources
    case resourceName = "resource-name"
    case resourceNameForm = "resource-name-form"
    case resourceNameDuplicate = "resource-name-duplicate"
    case resourceContent = "resource-content"
    case resourcePath = "resource-path"
    case resourcePathLink = "resource-path-link"
    case resourcePathMixed = "resource-path-mixed"
    case resourceURL = "resource-url"
    case resourceRemote = "resource-remote"
    case resourceMissing = "resource-missing"
    case resourceFormat = "resource-format"
    case resourceUnread = "resource-unread"
    case mediatype
    case encoding
    case dialect
    case hashFormat = "hash-format"
    case reference
    case referenceRemote = "reference-remote"
    case profileUnchecked = "profile-unchecked"
    case schemaRequired = "schema-required"
    case schemaMissing = "schema-missing"
    case schemaFields = "schema-fields"
    case fieldName = "field-name"
    case fieldNameDuplicate = "field-name-duplicate"
    case fieldType = "field-type"
    case fieldFormat = "field-format"
    case fieldsMatch = "fields-match"
    case constraint
    case constraintUnknown = "constraint-unknown"
    case keyField = "key-field"
    case foreignKey = "foreign-key"
    case foreignKeyReference = "foreign-key-reference"
    case foreignKeyType = "foreign-key-type"

    // Fiscal
    case countryCode = "country-code"
    case granularity
    case fiscalPeriod = "fiscal-period"
    case modelMeasures = "model-measures"
    case modelDimensions = "model-dimensions"
    case modelResource = "model-resource"
    case measureSource = "measure-source"
    case measureType = "measure-type"
    case measureCurrency = "measure-currency"
    case measureFactor = "measure-factor"
    case measureDirection = "measure-direction"
    case measurePhase = "measure-phase"
    case dimensionType = "dimension-type"
    case dimensionClassification = "dimension-classification"
    case dimensionAttributes = "dimension-attributes"
    case dimensionKey = "dimension-key"
    case attributeSource = "attribute-source"
    case attributeLabelFor = "attribute-label-for"
    case attributeParent = "attribute-parent"
    case columnTypes = "column-types"
    case columnTypesRemote = "column-types-remote"
    case columnType = "column-type"
    case columnTypeUnknown = "column-type-unknown"
    case columnTypeDataType = "column-type-data-type"
    case columnTypeLabelOf = "column-type-label-of"
    case columnTypePrior = "column-type-prior"
    case columnTypeValue = "column-type-value"
    case extraField = "extra-field"
    case normalize

    // Data
    case fileKind = "file-kind"
    case compression
    case delimiter
    case byteOrderMark = "byte-order-mark"
    case textEncoding = "text-encoding"
    case nulByte = "nul-byte"
    case lineEnds = "line-ends"
    case quoting
    case strayQuote = "stray-quote"
    case cellSize = "cell-size"
    case rowSize = "row-size"
    case headerMissing = "header-missing"
    case headerBlank = "header-blank"
    case headerDuplicate = "header-duplicate"
    case headerSpace = "header-space"
    case headerName = "header-name"
    case headerOrder = "header-order"
    case headerExtra = "header-extra"
    case headerFieldMissing = "header-field-missing"
    case rows
    case rowBlank = "row-blank"
    case rowShort = "row-short"
    case rowLong = "row-long"
    case type
    case numberSpace = "number-space"
    case required
    case unique
    case minLength = "min-length"
    case maxLength = "max-length"
    case minimum
    case maximum
    case pattern
    case enumeration = "enum"
    case primaryKey = "primary-key"
    case uniqueKey = "unique-key"
    case foreignKeyMissing = "foreign-key-missing"

    // Integrity
    case bytes
    case hash
    case hashUnchecked = "hash-unchecked"

    public var id: String { rawValue }
    public var level: Level { definition.level }
    public var severity: Severity { definition.severity }
    /// What the rule requires.
    public var summary: String { definition.summary }

    /// The levels of validation, in order.
    public enum Level: String, Sendable, CaseIterable {
        /// JSON, resources, paths, schemas.
        case structure
        /// The model of version 0.3 and the column types of version 1.
        case fiscal
        /// Headers, rows, types, constraints and keys.
        case data
        /// Sizes and hashes. Real-world descriptors are often wrong about them, so these are only warnings.
        case integrity
    }

    /// The severity of a rule: errors make a package invalid, warnings do not.
    public enum Severity: String, Sendable {
        case error, warning
    }
}

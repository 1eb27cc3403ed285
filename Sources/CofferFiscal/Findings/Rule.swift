/// The rule that a finding is about. The meaning of an id (`rawValue`) never changes.
public enum Rule: String, Sendable, CaseIterable {
    // Structure

    /// The package has a descriptor: datapackage.json, datapackage.yaml or datapackage.yml.
    case descriptorMissing = "descriptor-missing"
    /// The descriptor has at most 768 KiB, 40,000 values, and 16,384 resources, fields, keys and other parts.
    case descriptorSize = "descriptor-size"
    /// The descriptor is UTF-8 without a byte order mark.
    case descriptorEncoding = "descriptor-encoding"
    /// The descriptor is a JSON or YAML document, and an object.
    case descriptorJSON = "descriptor-json"
    /// No name occurs twice in the same object of the descriptor.
    case descriptorDuplicate = "descriptor-duplicate"
    /// A property has the type that the specification gives it.
    case propertyType = "property-type"
    /// The package's name consists of lower-case letters, digits, and ".", "_", "-", "/".
    case packageName = "package-name"
    /// The name of a package of version 2 consists of lower-case letters, digits, and ".", "_", "-", "/".
    case packageNameForm = "package-name-form"
    /// The package has a name.
    case packageNameMissing = "package-name-missing"
    /// A license has a name or a path.
    case license
    /// The package has at least one resource.
    case resources
    /// Every resource has a name, which consists of lower-case letters, digits, and ".", "_", "-", "/".
    case resourceName = "resource-name"
    /// The name of a resource of version 2 consists of lower-case letters, digits, and ".", "_", "-", "/".
    case resourceNameForm = "resource-name-form"
    /// No two resources have the same name.
    case resourceNameDuplicate = "resource-name-duplicate"
    /// A resource has either a path or data.
    case resourceContent = "resource-content"
    /// A path is relative, stays within the package, and contains no hidden file or directory.
    case resourcePath = "resource-path"
    /// A path contains no symbolic link.
    case resourcePathLink = "resource-path-link"
    /// The files of a resource are either all in the package or all at URLs.
    case resourcePathMixed = "resource-path-mixed"
    /// A resource has a path, and not a url, which is from an old version of the specification.
    case resourceURL = "resource-url"
    /// The data of a resource is in the package; data at URLs is checked only if it is fetched.
    case resourceRemote = "resource-remote"
    /// The file of a resource exists and can be read.
    case resourceMissing = "resource-missing"
    /// A table is in a supported format; tables in other formats are not checked.
    case resourceFormat = "resource-format"
    /// Every table can be read, unless unread tables are allowed.
    case resourceUnread = "resource-unread"
    /// A media type has the form type/subtype.
    case mediatype
    /// The encoding is supported.
    case encoding
    /// The dialect's characters are single ASCII characters, and its other properties are supported.
    case dialect
    /// A hash is an MD5 of 32 hexadecimal digits, or algorithm:digits.
    case hashFormat = "hash-format"
    /// A schema or dialect in a separate file can be read.
    case reference
    /// A schema or dialect is in the package; those at URLs are read only if they are fetched.
    case referenceRemote = "reference-remote"
    /// A profile is one of the specifications'; the requirements of others are not checked.
    case profileUnchecked = "profile-unchecked"
    /// A tabular-data-resource has a schema.
    case schemaRequired = "schema-required"
    /// A table has a schema.
    case schemaMissing = "schema-missing"
    /// A schema has fields.
    case schemaFields = "schema-fields"
    /// Every field has a name.
    case fieldName = "field-name"
    /// No two fields of a schema have the same name.
    case fieldNameDuplicate = "field-name-duplicate"
    /// A field's type is one of those of Table Schema.
    case fieldType = "field-type"
    /// A field's format is supported for its type; otherwise the cells are not checked.
    case fieldFormat = "field-format"
    /// fieldsMatch is exact, equal, subset, superset or partial.
    case fieldsMatch = "fields-match"
    /// A constraint applies to the field's type, and has a valid value.
    case constraint
    /// A constraint is known; others are not checked.
    case constraintUnknown = "constraint-unknown"
    /// The fields of a key are fields of its schema.
    case keyField = "key-field"
    /// A foreign key has fields, and refers to as many fields.
    case foreignKey = "foreign-key"
    /// A foreign key refers to a resource of the package and to fields of its schema.
    case foreignKeyReference = "foreign-key-reference"
    /// The fields of a foreign key have the types of the fields that they refer to.
    case foreignKeyType = "foreign-key-type"

    // Fiscal

    /// A country code has two letters (ISO 3166-1).
    case countryCode = "country-code"
    /// The granularity is aggregated or transactional.
    case granularity
    /// A fiscal period has a start, and does not end before it; both are ISO 8601 dates.
    case fiscalPeriod = "fiscal-period"
    /// A model has at least one measure.
    case modelMeasures = "model-measures"
    /// A model has at least one dimension.
    case modelDimensions = "model-dimensions"
    /// The resource that a measure or attribute names exists.
    case modelResource = "model-resource"
    /// A measure has a source, which is a field of its resource.
    case measureSource = "measure-source"
    /// The source of a measure is a number.
    case measureType = "measure-type"
    /// A measure has a currency of three capital letters (ISO 4217).
    case measureCurrency = "measure-currency"
    /// A measure's factor is a number other than zero.
    case measureFactor = "measure-factor"
    /// A measure's direction is expenditure or revenue.
    case measureDirection = "measure-direction"
    /// A measure's phase is proposed, approved, adjusted or executed.
    case measurePhase = "measure-phase"
    /// A dimension's type is one of those of the specification.
    case dimensionType = "dimension-type"
    /// A classification's type is functional, administrative or economic.
    case dimensionClassification = "dimension-classification"
    /// A dimension has at least one attribute.
    case dimensionAttributes = "dimension-attributes"
    /// A dimension has a primary key, which names some of its attributes.
    case dimensionKey = "dimension-key"
    /// An attribute has either a source, which is a field of its resource, or a constant.
    case attributeSource = "attribute-source"
    /// An attribute is the label of another attribute of its dimension.
    case attributeLabelFor = "attribute-label-for"
    /// An attribute's parent is an attribute of its dimension, and no attribute is its own ancestor.
    case attributeParent = "attribute-parent"
    /// Every item of columnTypes is an object with a name, or a URL.
    case columnTypes = "column-types"
    /// Column types are defined in the package; those at URLs are not fetched.
    case columnTypesRemote = "column-types-remote"
    /// A column type consists of at most 16 words, separated by colons.
    case columnType = "column-type"
    /// A column type, or the beginning of it, is in the taxonomy.
    case columnTypeUnknown = "column-type-unknown"
    /// A field has the data type of its column type.
    case columnTypeDataType = "column-type-data-type"
    /// The column type that a label belongs to is in the table too.
    case columnTypeLabelOf = "column-type-label-of"
    /// The column type that precedes another in the hierarchy is in the table too.
    case columnTypePrior = "column-type-prior"
    /// A table with column types has a column of the type value.
    case columnTypeValue = "column-type-value"
    /// An extra field has a name, and either a constant or normalizationTarget.
    case extraField = "extra-field"
    /// A field is normalized into extra fields with normalizationTarget.
    case normalize

    // Data

    /// A file is of the kind that the descriptor states.
    case fileKind = "file-kind"
    /// A compressed file can be unpacked, and stays within the limits of its size.
    case compression
    /// The cells are separated by the delimiter that the descriptor states.
    case delimiter
    /// A UTF-8 file has no byte order mark.
    case byteOrderMark = "byte-order-mark"
    /// All text is valid in the resource's encoding.
    case textEncoding = "text-encoding"
    /// No cell contains a NUL character.
    case nulByte = "nul-byte"
    /// All rows of a file have the same line end.
    case lineEnds = "line-ends"
    /// Every quoted cell has a closing quote, and no text after it.
    case quoting
    /// A cell that contains a quote is quoted.
    case strayQuote = "stray-quote"
    /// A cell has at most 4 MiB.
    case cellSize = "cell-size"
    /// A row has at most 16 MiB and 16,384 cells.
    case rowSize = "row-size"
    /// A table has a header, unless its dialect says otherwise.
    case headerMissing = "header-missing"
    /// Every column has a name.
    case headerBlank = "header-blank"
    /// No two columns have the same name.
    case headerDuplicate = "header-duplicate"
    /// A column has its field's name without further spaces.
    case headerSpace = "header-space"
    /// A column has the name of the field at its position.
    case headerName = "header-name"
    /// The columns are in the order of the schema's fields.
    case headerOrder = "header-order"
    /// Every column has a field in the schema.
    case headerExtra = "header-extra"
    /// Every field of the schema has a column.
    case headerFieldMissing = "header-field-missing"
    /// A table has rows.
    case rows
    /// No row is empty.
    case rowBlank = "row-blank"
    /// A row has a cell for every column.
    case rowShort = "row-short"
    /// A row has no more cells than columns.
    case rowLong = "row-long"
    /// A cell is a value of its field's type and format.
    case type
    /// There are no spaces around a number.
    case numberSpace = "number-space"
    /// A cell of a required field is not missing.
    case required
    /// No two rows have the same value in a unique field.
    case unique
    /// A value has at least minLength characters or items.
    case minLength = "min-length"
    /// A value has at most maxLength characters or items.
    case maxLength = "max-length"
    /// A value is not below the minimum.
    case minimum
    /// A value is not above the maximum.
    case maximum
    /// A value matches the pattern.
    case pattern
    /// A value is one of the allowed values.
    case enumeration = "enum"
    /// Every row has a primary key, and no two rows have the same one.
    case primaryKey = "primary-key"
    /// No two rows have the same unique key.
    case uniqueKey = "unique-key"
    /// The row that a foreign key refers to exists.
    case foreignKeyMissing = "foreign-key-missing"

    // Integrity

    /// A file has the size that the descriptor states.
    case bytes
    /// A file has the hash that the descriptor states.
    case hash
    /// A hash is an MD5, SHA-1, SHA-256 or SHA-512; others are not checked.
    case hashUnchecked = "hash-unchecked"

    /// The id, such as `foreign-key-missing`: lower-case words with hyphens.
    public var id: String { rawValue }
    /// The level of validation to which the rule belongs.
    public var level: Level { definition.level }
    /// Whether a violation is an error or a warning.
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
        /// A violation makes the package invalid.
        case error
        /// A violation may cause problems for some readers.
        case warning
    }
}

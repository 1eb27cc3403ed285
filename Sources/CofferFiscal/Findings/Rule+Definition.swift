extension Rule {
    struct Definition {
        let level: Level
        let severity: Severity
        let summary: String
    }

    private func about(_ level: Level, _ severity: Severity, _ summary: String) -> Definition {
        Definition(level: level, severity: severity, summary: summary)
    }

    var definition: Definition {
        switch self {
        case .descriptorMissing:
            about(
                .structure, .error,
                "The package has a descriptor: datapackage.json, datapackage.yaml or datapackage.yml.")
        case .descriptorSize:
            about(
                .structure, .error,
                "The descriptor has at most 768 KiB, 40,000 values, and 16,384 resources, fields, keys and other parts."
            )
        case .descriptorEncoding: about(.structure, .error, "The descriptor is UTF-8 without a byte order mark.")
        case .descriptorJSON: about(.structure, .error, "The descriptor is a JSON or YAML document, and an object.")
        case .descriptorDuplicate:
            about(.structure, .error, "No name occurs twice in the same object of the descriptor.")
        case .propertyType: about(.structure, .error, "A property has the type that the specification gives it.")
        case .packageName:
            about(
                .structure, .error,
                "The package's name consists of lower-case letters, digits, and \".\", \"_\", \"-\", \"/\".")
        case .packageNameForm:
            about(
                .structure, .warning,
                "The name of a package of version 2 consists of lower-case letters, digits, and \".\", \"_\", \"-\", \"/\"."
            )
        case .packageNameMissing: about(.structure, .warning, "The package has a name.")
        case .license: about(.structure, .warning, "A license has a name or a path.")
        case .resources: about(.structure, .error, "The package has at least one resource.")
        case .resourceName:
            about(
                .structure, .error,
                "Every resource has a name, which consists of lower-case letters, digits, and \".\", \"_\", \"-\", \"/\"."
            )
        case .resourceNameForm:
            about(
                .structure, .warning,
                "The name of a resource of version 2 consists of lower-case letters, digits, and \".\", \"_\", \"-\", \"/\"."
            )
        case .resourceNameDuplicate: about(.structure, .error, "No two resources have the same name.")
        case .resourceContent: about(.structure, .error, "A resource has either a path or data.")
        case .resourcePath:
            about(
                .structure, .error,
                "A path is relative, stays within the package, and contains no hidden file or directory.")
        case .resourcePathLink: about(.structure, .error, "A path contains no symbolic link.")
        case .resourcePathMixed:
            about(.structure, .error, "The files of a resource are either all in the package or all at URLs.")
        case .resourceURL:
            about(
                .structure, .warning,
                "A resource has a path, and not a url, which is from an old version of the specification.")
        case .resourceRemote:
            about(
                .structure, .warning,
                "The data of a resource is in the package; data at URLs is checked only if it is fetched.")
        case .resourceMissing: about(.structure, .error, "The file of a resource exists and can be read.")
        case .resourceFormat:
            about(.structure, .warning, "A table is in a supported format; tables in other formats are not checked.")
        case .resourceUnread: about(.structure, .error, "Every table can be read, unless unread tables are allowed.")
        case .mediatype: about(.structure, .warning, "A media type has the form type/subtype.")
        case .encoding: about(.structure, .error, "The encoding is supported.")
        case .dialect:
            about(
                .structure, .error,
                "The dialect's characters are single ASCII characters, and its other properties are supported.")
        case .hashFormat: about(.structure, .warning, "A hash is an MD5 of 32 hexadecimal digits, or algorithm:digits.")
        case .reference: about(.structure, .error, "A schema or dialect in a separate file can be read.")
        case .referenceRemote:
            about(
                .structure, .warning,
                "A schema or dialect is in the package; those at URLs are read only if they are fetched.")
        case .profileUnchecked:
            about(
                .structure, .warning,
                "A profile is one of the specifications'; the requirements of others are not checked.")
        case .schemaRequired: about(.structure, .error, "A tabular-data-resource has a schema.")
        case .schemaMissing: about(.structure, .warning, "A table has a schema.")
        case .schemaFields: about(.structure, .error, "A schema has fields.")
        case .fieldName: about(.structure, .error, "Every field has a name.")
        case .fieldNameDuplicate: about(.structure, .warning, "No two fields of a schema have the same name.")
        case .fieldType: about(.structure, .error, "A field's type is one of those of Table Schema.")
        case .fieldFormat:
            about(
                .structure, .warning, "A field's format is supported for its type; otherwise the cells are not checked."
            )
        case .fieldsMatch: about(.structure, .error, "fieldsMatch is exact, equal, subset, superset or partial.")
        case .constraint: about(.structure, .error, "A constraint applies to the field's type, and has a valid value.")
        case .constraintUnknown: about(.structure, .warning, "A constraint is known; others are not checked.")
        case .keyField: about(.structure, .error, "The fields of a key are fields of its schema.")
        case .foreignKey: about(.structure, .error, "A foreign key has fields, and refers to as many fields.")
        case .foreignKeyReference:
            about(.structure, .error, "A foreign key refers to a resource of the package and to fields of its schema.")
        case .foreignKeyType:
            about(.structure, .warning, "The fields of a foreign key have the types of the fields that they refer to.")
        case .countryCode: about(.fiscal, .error, "A country code has two letters (ISO 3166-1).")
        case .granularity: about(.fiscal, .error, "The granularity is aggregated or transactional.")
        case .fiscalPeriod:
            about(.fiscal, .error, "A fiscal period has a start, and does not end before it; both are ISO 8601 dates.")
        case .modelMeasures: about(.fiscal, .error, "A model has at least one measure.")
        case .modelDimensions: about(.fiscal, .error, "A model has at least one dimension.")
        case .modelResource: about(.fiscal, .error, "The resource that a measure or attribute names exists.")
        case .measureSource: about(.fiscal, .error, "A measure has a source, which is a field of its resource.")
        case .measureType: about(.fiscal, .error, "The source of a measure is a number.")
        case .measureCurrency: about(.fiscal, .error, "A measure has a currency of three capital letters (ISO 4217).")
        case .measureFactor: about(.fiscal, .error, "A measure's factor is a number other than zero.")
        case .measureDirection: about(.fiscal, .error, "A measure's direction is expenditure or revenue.")
        case .measurePhase: about(.fiscal, .error, "A measure's phase is proposed, approved, adjusted or executed.")
        case .dimensionType: about(.fiscal, .error, "A dimension's type is one of those of the specification.")
        case .dimensionClassification:
            about(.fiscal, .error, "A classification's type is functional, administrative or economic.")
        case .dimensionAttributes: about(.fiscal, .error, "A dimension has at least one attribute.")
        case .dimensionKey: about(.fiscal, .error, "A dimension has a primary key, which names some of its attributes.")
        case .attributeSource:
            about(.fiscal, .error, "An attribute has either a source, which is a field of its resource, or a constant.")
        case .attributeLabelFor:
            about(.fiscal, .error, "An attribute is the label of another attribute of its dimension.")
        case .attributeParent:
            about(
                .fiscal, .error,
                "An attribute's parent is an attribute of its dimension, and no attribute is its own ancestor.")
        case .columnTypes: about(.fiscal, .error, "Every item of columnTypes is an object with a name, or a URL.")
        case .columnTypesRemote:
            about(.fiscal, .warning, "Column types are defined in the package; those at URLs are not fetched.")
        case .columnType: about(.fiscal, .error, "A column type consists of at most 16 words, separated by colons.")
        case .columnTypeUnknown: about(.fiscal, .warning, "A column type, or the beginning of it, is in the taxonomy.")
        case .columnTypeDataType: about(.fiscal, .error, "A field has the data type of its column type.")
        case .columnTypeLabelOf:
            about(.fiscal, .warning, "The column type that a label belongs to is in the table too.")
        case .columnTypePrior:
            about(.fiscal, .warning, "The column type that precedes another in the hierarchy is in the table too.")
        case .columnTypeValue: about(.fiscal, .warning, "A table with column types has a column of the type value.")
        case .extraField:
            about(.fiscal, .error, "An extra field has a name, and either a constant or normalizationTarget.")
        case .normalize: about(.fiscal, .error, "A field is normalized into extra fields with normalizationTarget.")
        case .fileKind: about(.data, .error, "A file is of the kind that the descriptor states.")
        case .compression:
            about(.data, .error, "A compressed file can be unpacked, and stays within the limits of its size.")
        case .delimiter: about(.data, .error, "The cells are separated by the delimiter that the descriptor states.")
        case .byteOrderMark: about(.data, .warning, "A UTF-8 file has no byte order mark.")
        case .textEncoding: about(.data, .error, "All text is valid in the resource's encoding.")
        case .nulByte: about(.data, .error, "No cell contains a NUL character.")
        case .lineEnds: about(.data, .warning, "All rows of a file have the same line end.")
        case .quoting: about(.data, .error, "Every quoted cell has a closing quote, and no text after it.")
        case .strayQuote: about(.data, .warning, "A cell that contains a quote is quoted.")
        case .cellSize: about(.data, .error, "A cell has at most 4 MiB.")
        case .rowSize: about(.data, .error, "A row has at most 16 MiB and 16,384 cells.")
        case .headerMissing: about(.data, .error, "A table has a header, unless its dialect says otherwise.")
        case .headerBlank: about(.data, .error, "Every column has a name.")
        case .headerDuplicate: about(.data, .error, "No two columns have the same name.")
        case .headerSpace: about(.data, .warning, "A column has its field's name without further spaces.")
        case .headerName: about(.data, .error, "A column has the name of the field at its position.")
        case .headerOrder: about(.data, .error, "The columns are in the order of the schema's fields.")
        case .headerExtra: about(.data, .error, "Every column has a field in the schema.")
        case .headerFieldMissing: about(.data, .error, "Every field of the schema has a column.")
        case .rows: about(.data, .warning, "A table has rows.")
        case .rowBlank: about(.data, .warning, "No row is empty.")
        case .rowShort: about(.data, .error, "A row has a cell for every column.")
        case .rowLong: about(.data, .error, "A row has no more cells than columns.")
        case .type: about(.data, .error, "A cell is a value of its field's type and format.")
        case .numberSpace: about(.data, .warning, "There are no spaces around a number.")
        case .required: about(.data, .error, "A cell of a required field is not missing.")
        case .unique: about(.data, .error, "No two rows have the same value in a unique field.")
        case .minLength: about(.data, .error, "A value has at least minLength characters or items.")
        case .maxLength: about(.data, .error, "A value has at most maxLength characters or items.")
        case .minimum: about(.data, .error, "A value is not below the minimum.")
        case .maximum: about(.data, .error, "A value is not above the maximum.")
        case .pattern: about(.data, .error, "A value matches the pattern.")
        case .enumeration: about(.data, .error, "A value is one of the allowed values.")
        case .primaryKey: about(.data, .error, "Every row has a primary key, and no two rows have the same one.")
        case .uniqueKey: about(.data, .error, "No two rows have the same unique key.")
        case .foreignKeyMissing: about(.data, .error, "The row that a foreign key refers to exists.")
        case .bytes: about(.integrity, .warning, "A file has the size that the descriptor states.")
        case .hash: about(.integrity, .warning, "A file has the hash that the descriptor states.")
        case .hashUnchecked:
            about(.integrity, .warning, "A hash is an MD5, SHA-1, SHA-256 or SHA-512; others are not checked.")
        }
    }
}

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
        case .descriptorMissing: about(.structure, .error, "The package has a descriptor, datapackage.json.")
        case .descriptorSize:
            about(.structure, .error, "The descriptor has at most 768 KiB, 40,000 values and 16,384 parts.")
        case .descriptorEncoding: about(.structure, .error, "The descriptor is UTF-8 without a byte order mark.")
        case .descriptorJSON: about(.structure, .error, "The descriptor is a JSON document, and an object.")
        case .descriptorDuplicate: about(.structure, .error, "No name occurs twice in one object of the descriptor.")
        case .propertyType:
            about(.structure, .error, "A property has the kind of value that the specification gives it.")
        case .packageName:
            about(
                .structure, .error, "The package's name is lower-case letters, digits, and \".\", \"_\", \"-\", \"/\".")
        case .packageNameForm:
            about(
                .structure, .warning,
                "The name of a package of version 2 is lower-case letters, digits, and \".\", \"_\", \"-\", \"/\".")
        case .packageNameMissing: about(.structure, .warning, "The package has a name.")
        case .license: about(.structure, .warning, "A license has a name or a path.")
        case .resources: about(.structure, .error, "The package has at least one resource.")
        case .resourceName:
            about(
                .structure, .error,
                "Every resource has a name, of lower-case letters, digits, and \".\", \"_\", \"-\", \"/\".")
        case .resourceNameForm:
            about(
                .structure, .warning,
                "The name of a resource of version 2 is lower-case letters, digits, and \".\", \"_\", \"-\", \"/\".")
        case .resourceNameDuplicate: about(.structure, .error, "No two resources have one name.")
        case .resourceContent: about(.structure, .error, "A resource has either a path or data.")
        case .resourcePath:
            about(.structure, .error, "A path is relative, stays in the package, and has no hidden part.")
        case .resourcePathLink: about(.structure, .error, "A path leads to its file without symbolic links.")
        case .resourcePathMixed:
            about(.structure, .error, "The parts of a resource are all files of the package or all URLs.")
        case .resourceURL:
            about(.structure, .warning, "A resource says path; url is of an old version of the specification.")
        case .resourceRemote:
            about(.structure, .warning, "A resource's data is in the package; what is at other URLs is not looked at.")
        case .resourceMissing: about(.structure, .error, "The file that a resource names is there and can be read.")
        case .resourceFormat:
            about(.structure, .warning, "A table is of a format that is read; others are not looked at.")
        case .resourceUnread:
            about(.structure, .error, "All tables of the package are read, unless some may be left.")
        case .mediatype: about(.structure, .warning, "A media type is of the form type/subtype.")
        case .encoding: about(.structure, .error, "The encoding is one that is known.")
        case .dialect:
            about(
                .structure, .error,
                "The dialect's characters are single ASCII characters, and it asks for nothing that is not read.")
        case .hashFormat: about(.structure, .warning, "A hash is 32 hexadecimal digits of MD5, or algorithm:digits.")
        case .reference:
            about(.structure, .error, "A schema or dialect that stands elsewhere can be read.")
        case .referenceRemote:
            about(.structure, .warning, "A schema or dialect is in the package; those at URLs may have to be fetched.")
        case .profileUnchecked:
            about(.structure, .warning, "A profile is one of the specifications; others are not looked at.")
        case .schemaRequired: about(.structure, .error, "A tabular-data-resource has a schema.")
        case .schemaMissing: about(.structure, .warning, "A table has a schema.")
        case .schemaFields: about(.structure, .error, "A schema has fields.")
        case .fieldName: about(.structure, .error, "Every field has a name.")
        case .fieldNameDuplicate: about(.structure, .warning, "No two fields of a schema have one name.")
        case .fieldType: about(.structure, .error, "A field's type is one of Table Schema's.")
        case .fieldFormat:
            about(.structure, .warning, "A field's format is one that its type has; others are not looked at.")
        case .fieldsMatch: about(.structure, .error, "fieldsMatch is exact, equal, subset, superset or partial.")
        case .constraint:
            about(.structure, .error, "A constraint is one that the field's type has, with a value of the right kind.")
        case .constraintUnknown:
            about(.structure, .warning, "A constraint is one that is known; others are not looked at.")
        case .keyField: about(.structure, .error, "The fields of a key are fields of its schema.")
        case .foreignKey: about(.structure, .error, "A foreign key has as many fields as it refers to.")
        case .foreignKeyReference:
            about(.structure, .error, "A foreign key refers to a resource of the package and fields of its schema.")
        case .foreignKeyType:
            about(.structure, .warning, "The fields of a foreign key have the type of those they refer to.")
        case .countryCode: about(.fiscal, .error, "A country code is two letters.")
        case .granularity: about(.fiscal, .error, "The granularity is aggregated or transactional.")
        case .fiscalPeriod:
            about(.fiscal, .error, "A fiscal period has a start, and an end that is not before it, as ISO dates.")
        case .modelMeasures: about(.fiscal, .error, "A model has at least one measure.")
        case .modelDimensions: about(.fiscal, .error, "A model has at least one dimension.")
        case .modelResource: about(.fiscal, .error, "The resource that a measure or attribute names is in the package.")
        case .measureSource: about(.fiscal, .error, "A measure's source is a field of its resource.")
        case .measureType: about(.fiscal, .error, "A measure's source is a number.")
        case .measureCurrency: about(.fiscal, .error, "A measure's currency is three capital letters (ISO 4217).")
        case .measureFactor: about(.fiscal, .error, "A measure's factor is a number, and not zero.")
        case .measureDirection: about(.fiscal, .error, "A measure's direction is expenditure or revenue.")
        case .measurePhase: about(.fiscal, .error, "A measure's phase is proposed, approved, adjusted or executed.")
        case .dimensionType: about(.fiscal, .error, "A dimension's type is one of the specification's.")
        case .dimensionClassification:
            about(.fiscal, .error, "A classification's type is functional, administrative or economic.")
        case .dimensionAttributes: about(.fiscal, .error, "A dimension has at least one attribute.")
        case .dimensionKey: about(.fiscal, .error, "A dimension's primary key names its attributes.")
        case .attributeSource:
            about(.fiscal, .error, "An attribute has either a source, which is a field of its resource, or a constant.")
        case .attributeLabelFor: about(.fiscal, .error, "An attribute is the label of another one of its dimension.")
        case .attributeParent:
            about(
                .fiscal, .error,
                "An attribute's parent is another one of its dimension, and no circle leads back to it.")
        case .columnTypes: about(.fiscal, .error, "columnTypes are entries with a name, or URLs.")
        case .columnTypesRemote:
            about(.fiscal, .warning, "Column types are written in the package; URLs are not followed.")
        case .columnType: about(.fiscal, .error, "A column type is words with colons between.")
        case .columnTypeUnknown: about(.fiscal, .warning, "A column type, or what it begins with, is in the taxonomy.")
        case .columnTypeDataType: about(.fiscal, .error, "A field has the type that its column type has.")
        case .columnTypeLabelOf: about(.fiscal, .warning, "What a column type is the label of is there as well.")
        case .columnTypePrior:
            about(.fiscal, .warning, "The column type that comes before in the hierarchy is there as well.")
        case .columnTypeValue: about(.fiscal, .warning, "A table with column types has a value.")
        case .extraField:
            about(.fiscal, .error, "An extra field has a name, and either a constant or normalizationTarget.")
        case .normalize:
            about(.fiscal, .error, "A field is normalized into extra fields that are normalization targets.")
        case .fileKind: about(.data, .error, "A file is of the kind that the descriptor says.")
        case .compression: about(.data, .error, "A file that is packed can be unpacked, and becomes no monster.")
        case .delimiter: about(.data, .error, "The cells are parted by the delimiter that the descriptor says.")
        case .byteOrderMark: about(.data, .warning, "A file of UTF-8 begins without a byte order mark.")
        case .textEncoding: about(.data, .error, "All text is in the resource's encoding.")
        case .nulByte: about(.data, .error, "No cell holds a NUL.")
        case .lineEnds: about(.data, .warning, "All rows of a file end in one way.")
        case .quoting: about(.data, .error, "A quoted cell ends with its quote, and the file does not end within one.")
        case .strayQuote: about(.data, .warning, "A cell with a quote is quoted.")
        case .cellSize: about(.data, .error, "A cell has at most 4 MiB.")
        case .rowSize: about(.data, .error, "A row has at most 16 MiB and 16,384 cells.")
        case .headerMissing: about(.data, .error, "A table has a header.")
        case .headerBlank: about(.data, .error, "Every column has a name.")
        case .headerDuplicate: about(.data, .error, "No two columns have one name.")
        case .headerSpace: about(.data, .warning, "No name of a column has a space at its beginning or end.")
        case .headerName: about(.data, .error, "A column has the name of the field in its place.")
        case .headerOrder: about(.data, .error, "The columns are in the order of the schema's fields.")
        case .headerExtra: about(.data, .error, "Every column is a field of the schema.")
        case .headerFieldMissing: about(.data, .error, "Every field of the schema is a column.")
        case .rows: about(.data, .warning, "A table has rows.")
        case .rowBlank: about(.data, .warning, "No row is empty.")
        case .rowShort: about(.data, .error, "A row has a cell for every column.")
        case .rowLong: about(.data, .error, "A row has no cell beyond the columns.")
        case .type: about(.data, .error, "A cell is of its field's type and format.")
        case .numberSpace: about(.data, .warning, "There is no space around a number.")
        case .required: about(.data, .error, "A cell of a required field is not missing.")
        case .unique: about(.data, .error, "No two rows have the same cell in a unique field.")
        case .minLength: about(.data, .error, "A cell has at least so many characters or items.")
        case .maxLength: about(.data, .error, "A cell has at most so many characters or items.")
        case .minimum: about(.data, .error, "A cell is not below the minimum.")
        case .maximum: about(.data, .error, "A cell is not above the maximum.")
        case .pattern: about(.data, .error, "A cell matches the pattern.")
        case .enumeration: about(.data, .error, "A cell is one of those that are enumerated.")
        case .primaryKey: about(.data, .error, "No two rows have the same primary key, and none is missing.")
        case .uniqueKey: about(.data, .error, "No two rows have the same unique key.")
        case .foreignKeyMissing: about(.data, .error, "What a foreign key refers to is there.")
        case .bytes: about(.integrity, .warning, "A file has as many bytes as the descriptor says.")
        case .hash: about(.integrity, .warning, "A file has the hash that the descriptor says.")
        case .hashUnchecked: about(.integrity, .warning, "The hash's algorithm is MD5, SHA-1, SHA-256 or SHA-512.")
        }
    }
}

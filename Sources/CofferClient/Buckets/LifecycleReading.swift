import CofferModel

/// Reads the lifecycle rules that a service returns.
extension LifecycleRule {
    init(_ element: XMLElement) throws(TransportError) {
        try element.rejectUnknownChildren(
            "ID", "Status", "Prefix", "Filter", "Expiration", "NoncurrentVersionExpiration", "Transition",
            "NoncurrentVersionTransition", "AbortIncompleteMultipartUpload")
        id = element.text("ID")
        isEnabled = element["Status"]?.text == "Enabled"
        if let filter = element["Filter"] {
            try filter.rejectUnknownChildren("Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "And")
            self.filter = try Filter(filter["And"] ?? filter)
        } else {
            filter.prefix = element["Prefix"]?.text
        }
        if let expiration = element["Expiration"] { self.expiration = try Expiration(expiration) }
        if let noncurrent = element["NoncurrentVersionExpiration"] {
            try noncurrent.rejectUnknownChildren("NoncurrentDays", "NewerNoncurrentVersions")
            noncurrentExpiration = NoncurrentExpiration(
                days: try noncurrent.days("NoncurrentDays"), keepsNewest: try noncurrent.keepsNewest)
        }
        for transition in element.all("Transition") { transitions.append(try Transition(transition)) }
        for transition in element.all("NoncurrentVersionTransition") {
            try transition.rejectUnknownChildren("NoncurrentDays", "NewerNoncurrentVersions", "StorageClass")
            noncurrentTransitions.append(
                NoncurrentTransition(
                    days: try transition.days("NoncurrentDays"), keepsNewest: try transition.keepsNewest,
                    storageClass: try transition.storageClass))
        }
        if let abortion = element["AbortIncompleteMultipartUpload"] {
            try abortion.rejectUnknownChildren("DaysAfterInitiation")
            abortsUploadsAfterDays = try abortion.days("DaysAfterInitiation")
        }
    }
}

extension LifecycleRule.Expiration {
    fileprivate init(_ element: XMLElement) throws(TransportError) {
        try element.rejectUnknownChildren("Date", "Days", "ExpiredObjectDeleteMarker")
        if let date = try element.date {
            self = .date(date)
        } else if element.isTrue("ExpiredObjectDeleteMarker") {
            self = .deleteMarkers
        } else {
            self = .days(try element.days("Days"))
        }
    }
}

extension LifecycleRule.Transition {
    fileprivate init(_ element: XMLElement) throws(TransportError) {
        try element.rejectUnknownChildren("Date", "Days", "StorageClass")
        time = if let date = try element.date { .date(date) } else { .days(try element.days("Days")) }
        storageClass = try element.storageClass
    }
}

extension XMLElement {
    fileprivate func days(_ name: String) throws(TransportError) -> Int { Int(try required(name, number(name))) }

    fileprivate var storageClass: String {
        get throws(TransportError) { try required("StorageClass", text("StorageClass")) }
    }

    fileprivate var date: Timestamp? {
        get throws(TransportError) { self["Date"] == nil ? nil : try required("Date", time("Date")) }
    }

    fileprivate func optional(_ name: String) throws(TransportError) -> Int64? {
        self[name] == nil ? nil : try required(name, number(name))
    }

    fileprivate var keepsNewest: Int? {
        get throws(TransportError) { try optional("NewerNoncurrentVersions").map { Int($0) } }
    }
}

extension LifecycleRule.Filter {
    fileprivate init(_ fields: XMLElement) throws(TransportError) {
        try fields.rejectUnknownChildren("Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
        prefix = fields["Prefix"]?.text
        tags = fields.all("Tag").map { Tag(key: $0["Key"]?.text ?? "", value: $0["Value"]?.text ?? "") }
        moreBytesThan = try fields.optional("ObjectSizeGreaterThan")
        fewerBytesThan = try fields.optional("ObjectSizeLessThan")
    }
}

import CofferModel

/// Writes lifecycle rules, in the order of the schema.
extension LifecycleRule {
    func write(to xml: inout XMLWriter) {
        switch expiration {
        case nil: break
        case .days(let days): xml.element("Expiration") { $0.element("Days", String(days)) }
        case .date(let date): xml.element("Expiration") { $0.element("Date", date.iso8601) }
        case .deleteMarkers: xml.element("Expiration") { $0.element("ExpiredObjectDeleteMarker", "true") }
        }
        xml.optional("ID", id)
        xml.element("Filter") { filter.write(to: &$0) }
        xml.element("Status", isEnabled ? "Enabled" : "Disabled")
        for transition in transitions {
            xml.element("Transition") { xml in
                switch transition.time {
                case .days(let days): xml.element("Days", String(days))
                case .date(let date): xml.element("Date", date.iso8601)
                }
                xml.element("StorageClass", transition.storageClass)
            }
        }
        for transition in noncurrentTransitions {
            xml.element("NoncurrentVersionTransition") { xml in
                xml.element("NoncurrentDays", String(transition.days))
                xml.optional("NewerNoncurrentVersions", transition.keepsNewest.map(String.init))
                xml.element("StorageClass", transition.storageClass)
            }
        }
        if let noncurrentExpiration {
            xml.element("NoncurrentVersionExpiration") { xml in
                xml.element("NoncurrentDays", String(noncurrentExpiration.days))
                xml.optional("NewerNoncurrentVersions", noncurrentExpiration.keepsNewest.map(String.init))
            }
        }
        if let abortsUploadsAfterDays {
            xml.element("AbortIncompleteMultipartUpload") {
                $0.element("DaysAfterInitiation", String(abortsUploadsAfterDays))
            }
        }
    }
}

extension LifecycleRule.Filter {
    /// Writes the filter's conditions, wrapped in an `And` if there are several.
    fileprivate func write(to xml: inout XMLWriter) {
        let count = [prefix != nil, moreBytesThan != nil, fewerBytesThan != nil].count { $0 } + tags.count
        switch count {
        case 0: xml.element("Prefix", "")
        case 1: writeFields(to: &xml)
        default: xml.element("And") { writeFields(to: &$0) }
        }
    }

    private func writeFields(to xml: inout XMLWriter) {
        xml.optional("Prefix", prefix)
        xml.write(tags)
        xml.optional("ObjectSizeGreaterThan", moreBytesThan.map(String.init))
        xml.optional("ObjectSizeLessThan", fewerBytesThan.map(String.init))
    }
}

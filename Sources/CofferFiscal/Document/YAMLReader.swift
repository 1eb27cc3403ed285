import CYAML
import CofferModel

/// Reads a YAML document into JSON values. Plain scalars are resolved as in YAML 1.2: `true` is a boolean, and `NO` is
/// the country code of Norway.
///
/// Source: YAML 1.2.2, section 10.3, the core schema.
struct YAMLReader {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// The offsets of the lines, to locate values in the text.
    private let lineStarts: [Int]
    /// The values of the anchors, with the number of values in each and the levels of nesting within it.
    private var anchors: [String: (value: JSONValue, count: Int, height: Int)] = [:]
    /// The deepest level that the current anchor's value has reached.
    private var deepest = 0
    private var valueCount = 0

    /// The maximum number of values, including those of aliases; `depthLimit` is the maximum nesting. Both are the
    /// limits for JSON.
    private static let valueLimit = DescriptorDocument.valueLimit
    private static let depthLimit = 32

    /// - Throws: ``YAMLFault`` if the document is invalid.
    static func value(_ document: [UInt8]) throws(YAMLFault) -> JSONValue {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLFault(reason: "there is not enough memory to read it")
        }
        defer { yaml_parser_delete(parser) }
        var result: Result<JSONValue, YAMLFault> = .failure(YAMLFault(reason: "it is empty"))
        document.withUnsafeBufferPointer { bytes in
            yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
            var reader = YAMLReader(parser, document)
            do throws(YAMLFault) {
                result = .success(try reader.document())
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    private init(_ parser: UnsafeMutablePointer<yaml_parser_t>, _ document: [UInt8]) {
        self.parser = parser
        lineStarts = [0] + document.indices.filter { document[$0] == 10 }.map { $0 + 1 }
    }

    // MARK: Events

    private struct Event {
        let type: yaml_event_type_t
        let line: Int
        let anchor: String?
        let tag: String?
        var text = ""
        var isPlain = false
    }

    private func next() throws(YAMLFault) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else {
            let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it is not valid YAML"
            throw YAMLFault(reason: problem, line: Int(parser.pointee.problem_mark.line) + 1)
        }
        defer { yaml_event_delete(&event) }
        var read = Event(
            type: event.type, line: Int(event.start_mark.line),
            anchor: coffer_yaml_anchor(&event).map { String(cString: $0) },
            tag: coffer_yaml_tag(&event).map { String(cString: $0) })
        if event.type == YAML_SCALAR_EVENT {
            var count = 0
            var isPlain: Int32 = 0
            let bytes = coffer_yaml_scalar(&event, &count, &isPlain)
            read.text =
                bytes.map {
                    String(decoding: UnsafeRawBufferPointer(start: UnsafeRawPointer($0), count: count), as: UTF8.self)
                } ?? ""
            read.isPlain = isPlain == 1
        }
        return read
    }

    private mutating func document() throws(YAMLFault) -> JSONValue {
        var event = try next()
        while [YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT].contains(event.type) { event = try next() }
        guard event.type != YAML_STREAM_END_EVENT else { throw YAMLFault(reason: "it is empty") }
        let value = try value(event, depth: 0)
        guard try next().type == YAML_DOCUMENT_END_EVENT, try next().type == YAML_STREAM_END_EVENT else {
            throw YAMLFault(reason: "it contains several documents: only one is allowed")
        }
        return value
    }

    // MARK: Values

    /// Reads a value. The nesting, also within the values of aliases, is bounded by ``depthLimit``, so that no document
    /// overflows the stack.
    private mutating func value(_ event: Event, depth: Int) throws(YAMLFault) -> JSONValue {
        try reach(depth, event)
        let (before, outer) = (valueCount, deepest)
        deepest = depth
        defer { deepest = max(deepest, outer) }
        try count(1, event)
        let content: JSONValue.Content
        switch event.type {
        case YAML_SCALAR_EVENT: content = try scalar(event)
        case YAML_SEQUENCE_START_EVENT:
            try requireTag("seq", event)
            content = try sequence(event, depth)
        case YAML_MAPPING_START_EVENT:
            try requireTag("map", event)
            content = try mapping(event, depth)
        case YAML_ALIAS_EVENT:
            guard let name = event.anchor, let anchor = anchors[name] else {
                throw fault("the alias has no anchor", event)
            }
            try count(anchor.count, event)
            try reach(depth + anchor.height, event)
            return anchor.value
        default: throw fault("a value is missing", event)
        }
        let value = JSONValue(content, at: lineStarts[min(event.line, lineStarts.count - 1)])
        if let anchor = event.anchor { anchors[anchor] = (value, valueCount - before, deepest - depth) }
        return value
    }

    private mutating func reach(_ depth: Int, _ event: Event) throws(YAMLFault) {
        guard depth <= Self.depthLimit else {
            throw fault("it is nested more than \(Self.depthLimit) levels deep", event)
        }
        deepest = max(deepest, depth)
    }

    /// Requires that a collection has no tag, or the standard one.
    private func requireTag(_ name: String, _ event: Event) throws(YAMLFault) {
        guard let tag = event.tag, tag != "!", tag != "tag:yaml.org,2002:\(name)" else { return }
        throw fault("the tag \(quoted(tag)) is not supported", event)
    }

    private mutating func count(_ count: Int, _ event: Event) throws(YAMLFault) {
        valueCount += count
        guard valueCount <= Self.valueLimit else {
            throw YAMLFault(reason: "it has more than \(Self.valueLimit) values", line: event.line + 1, isTooLong: true)
        }
    }

    private mutating func sequence(_ event: Event, _ depth: Int) throws(YAMLFault) -> JSONValue.Content {
        var items: [JSONValue] = []
        while true {
            let item = try next()
            if item.type == YAML_SEQUENCE_END_EVENT { return .array(items) }
            items.append(try value(item, depth: depth + 1))
        }
    }

    private mutating func mapping(_ event: Event, _ depth: Int) throws(YAMLFault) -> JSONValue.Content {
        var members: [JSONObject.Member] = []
        var names: Set<String> = []
        while true {
            let key = try next()
            if key.type == YAML_MAPPING_END_EVENT { return .object(JSONObject(members: members)) }
            guard key.type == YAML_SCALAR_EVENT else {
                throw fault("a name must be a text, not a list or an object", key)
            }
            guard names.insert(key.text).inserted else {
                throw YAMLFault(
                    reason: "the name \(quoted(key.text)) occurs twice", line: key.line + 1, isDuplicate: true)
            }
            members.append((key.text, try value(try next(), depth: depth + 1)))
        }
    }

    private func fault(_ reason: String, _ event: Event) -> YAMLFault {
        YAMLFault(reason: reason, line: event.line + 1)
    }

    // MARK: Scalars

    private func scalar(_ event: Event) throws(YAMLFault) -> JSONValue.Content {
        if let tag = event.tag {
            switch tag {
            case "tag:yaml.org,2002:str", "!": return .string(event.text)
            case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool",
                "tag:yaml.org,2002:null":
                break
            default: throw fault("the tag \(quoted(tag)) is not supported", event)
            }
        } else if !event.isPlain {
            return .string(event.text)
        }
        switch event.text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return Self.number(event.text).map { .number($0) } ?? .string(event.text)
        }
    }

    /// Reads a decimal number in the form that JSON allows.
    private static func number(_ text: String) -> JSONNumber? {
        guard let first = text.utf8.first, text.utf8.count <= 400,
            first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || first == UInt8(ascii: ".") || first &- 48 < 10
        else { return nil }
        let digits = text.utf8.first == UInt8(ascii: "+") ? String(text.dropFirst()) : text
        // A code with leading zeros remains a text.
        let unsigned = digits.utf8.first == UInt8(ascii: "-") ? digits.dropFirst() : digits[...]
        if unsigned.utf8.first == UInt8(ascii: "0"), let second = unsigned.utf8.dropFirst().first, second &- 48 < 10 {
            return nil
        }
        let value = Array(digits.utf8).withUnsafeBufferPointer(NumberFormat.plainNumber)
        guard let value, value.special == nil else { return nil }
        return JSONNumber(text: digits)
    }
}

/// Why a text is not a supported YAML document.
struct YAMLFault: Error {
    let reason: String
    /// The line, counted from 1.
    var line = 1
    var isTooLong = false
    var isDuplicate = false

    var rule: Rule { isTooLong ? .descriptorSize : isDuplicate ? .descriptorDuplicate : .descriptorJSON }
}

import CofferModel
import Glibc

/// Returns text right-aligned in ten columns, as in `aws s3 ls`, or in more if it is longer.
func padded(_ text: String) -> String { String(repeating: " ", count: max(0, 10 - text.count)) + text }

/// Returns a time in the local time zone, such as `2026-11-24 11:22:50`.
func localTime(_ time: Timestamp) -> String {
    var seconds = time_t(time.seconds)
    var fields = tm()
    localtime_r(&seconds, &fields)
    var text = [CChar](repeating: 0, count: 32)
    let count = strftime(&text, text.count, "%Y-%m-%d %H:%M:%S", &fields)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
